import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Patch } from '../../api/apigateway';
import { command, patchCommand } from '../../api/cli';
import {
  documentationPartCreate,
  documentationPartUpdate,
  type DocumentationLocation,
  type DocumentationPart,
} from '../../api/documentation';
import { pretty } from '../../api/iam';
import { useFlash } from '../../shell/flash';
import { Dialog } from '../../ui/dialog';
import { JsonField, jsonError } from '../../ui/json-field';
import { locationText, MEMBER_LABELS, membersOf, TYPES, typeName } from './documentation-location';

interface EditPartProps {
  api: string;
  /** None makes one. What one is about stays. */
  part?: DocumentationPart | undefined;
  onDone: () => void;
  onClose: () => void;
}

/** Writes about a part of an API. */
export default function EditDocumentationPart({ api, part, onDone, onClose }: EditPartProps) {
  const flash = useFlash();
  const [location, setLocation] = useState<DocumentationLocation>(part?.location ?? { type: 'API' });
  const [properties, setProperties] = useState(
    part ? pretty(part.properties) : '{\n  "description": ""\n}',
  );
  const patches: Patch[] = [{ op: 'replace', path: '/properties', value: properties }];
  const run = async () => {
    if (part) await documentationPartUpdate(api, part.id, patches);
    else await documentationPartCreate(api, { location, properties });
    flash.success(`${part ? 'Saved' : 'Created'} the documentation part.`);
  };
  const of = part && locationText(part.location);
  return (
    <Dialog
      title={part ? `Edit ${typeName(part.location.type)} ${of}` : 'Create documentation part'}
      verb={part ? 'Save changes' : 'Create'}
      size="large"
      isReady={properties.trim() !== '' && !jsonError(properties)}
      run={run}
      onDone={onDone}
      onClose={onClose}
      cli={
        part
          ? patchCommand(
              'update-documentation-part',
              { 'rest-api-id': api, 'documentation-part-id': part.id },
              patches,
            )
          : command('apigateway', 'create-documentation-part', {
              'rest-api-id': api,
              location: JSON.stringify(location),
              properties,
            })
      }
    >
      {!part && <Location location={location} onChange={setLocation} />}
      <JsonField
        label="Properties"
        description="JSON, as it goes into the exported API under the names of OpenAPI."
        value={properties}
        onChange={setProperties}
        rows={8}
      />
    </Dialog>
  );
}

interface LocationProps {
  location: DocumentationLocation;
  onChange: (location: DocumentationLocation) => void;
}

function Location({ location, onChange }: LocationProps) {
  const hints = { path: '/pets/{petId}', method: 'GET', statusCode: '200', name: '' };
  return (
    <SpaceBetween size="l">
      <FormField label="Documentation type">
        <Select
          options={TYPES}
          selectedOption={TYPES.find(({ value }) => value === location.type) ?? null}
          onChange={({ detail }) => onChange({ type: detail.selectedOption.value ?? 'API' })}
        />
      </FormField>
      {membersOf(location.type).map((member) => (
        <FormField key={member} label={MEMBER_LABELS[member]}>
          <Input
            value={location[member] ?? ''}
            placeholder={hints[member]}
            onChange={({ detail }) => {
              const { [member]: _, ...rest } = location;
              onChange(detail.value ? { ...rest, [member]: detail.value } : rest);
            }}
          />
        </FormField>
      ))}
    </SpaceBetween>
  );
}
