import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import { useParams } from 'react-router';
import { apiGet, apiUpdate, type Patch, type RestApi } from '../../api/apigateway';
import { patchCommand } from '../../api/cli';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { Copyable } from '../../ui/copy';
import { Dialog } from '../../ui/dialog';
import { Opening } from '../../ui/opening';
import { when } from '../../ui/time';
import { endpointName } from './apis';

const KEY_SOURCES = [
  { value: 'HEADER', label: 'Header' },
  { value: 'AUTHORIZER', label: 'Authorizer' },
];

/** `API settings`. */
export default function ApiSettings() {
  const { api = '' } = useParams();
  const found = useData(`api/${api}`, () => apiGet(api));
  const [isEditing, setEditing] = useState(false);
  const value = found.value;
  if (!value) return <Opening data={found} />;
  const keySource = value.apiKeySource ?? 'HEADER';
  return (
    <SpaceBetween size="l">
      <Header variant="h1" actions={<Button onClick={() => setEditing(true)}>Edit</Button>}>
        API settings
      </Header>
      <Container header={<Header variant="h2">API details</Header>}>
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'API name', value: value.name },
            { label: 'Description', value: value.description ?? '–' },
            { label: 'API ID', value: <Copyable text={value.id} label="API ID" /> },
            {
              label: 'API endpoint type',
              value: endpointName(value.endpointConfiguration?.types?.[0]),
            },
            {
              label: 'API key source',
              value: KEY_SOURCES.find((one) => one.value === keySource)?.label ?? keySource,
            },
            {
              label: 'Default endpoint',
              value: value.disableExecuteApiEndpoint ? 'Inactive' : 'Active',
            },
            {
              label: 'Content encoding',
              value:
                value.minimumCompressionSize === undefined
                  ? 'Inactive'
                  : `From ${value.minimumCompressionSize} bytes`,
            },
            { label: 'Created', value: when(value.createdDate) },
          ]}
        />
      </Container>
      <Container header={<Header variant="h2">Binary media types</Header>}>
        {value.binaryMediaTypes?.join(', ') || 'None'}
      </Container>
      {isEditing && (
        <Edit api={value} onDone={found.reload} onClose={() => setEditing(false)} />
      )}
    </SpaceBetween>
  );
}

interface Draft {
  name: string;
  description: string;
  keySource: string;
  hasEndpoint: boolean;
  isCompressed: boolean;
  size: string;
  /** One a line. */
  types: string;
}

function draftOf(api: RestApi): Draft {
  return {
    name: api.name,
    description: api.description ?? '',
    keySource: api.apiKeySource ?? 'HEADER',
    hasEndpoint: !api.disableExecuteApiEndpoint,
    isCompressed: api.minimumCompressionSize !== undefined,
    size: String(api.minimumCompressionSize ?? 0),
    types: (api.binaryMediaTypes ?? []).join('\n'),
  };
}

/** What UpdateRestApi is given to get from the API to the draft. */
function patchesOf(api: RestApi, draft: Draft): Patch[] {
  const before = draftOf(api);
  const patches: Patch[] = [];
  const set = (path: string, was: string, is: string) => {
    if (was !== is) patches.push({ op: 'replace', path, value: is });
  };
  set('/name', before.name, draft.name);
  set('/description', before.description, draft.description);
  set('/apiKeySource', before.keySource, draft.keySource);
  set('/disableExecuteApiEndpoint', String(!before.hasEndpoint), String(!draft.hasEndpoint));
  const size = (one: Draft) => (one.isCompressed ? one.size : '');
  set('/minimumCompressionSize', size(before), size(draft));
  const lines = (text: string) => text.split(/\s+/).filter(Boolean);
  const path = (type: string) =>
    `/binaryMediaTypes/${type.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const [was, is] = [lines(before.types), lines(draft.types)];
  for (const one of was) if (!is.includes(one)) patches.push({ op: 'remove', path: path(one) });
  for (const one of is) if (!was.includes(one)) patches.push({ op: 'add', path: path(one) });
  return patches;
}

function Edit(props: { api: RestApi; onDone: () => void; onClose: () => void }) {
  const { api, onDone, onClose } = props;
  const flash = useFlash();
  const [draft, setDraft] = useState(() => draftOf(api));
  const change = (part: Partial<Draft>) => setDraft((old) => ({ ...old, ...part }));
  const patches = patchesOf(api, draft);
  const run = async () => {
    if (patches.length > 0) await apiUpdate(api.id, patches);
    flash.success('Saved the API’s settings.');
  };
  return (
    <Dialog
      title="Edit API settings"
      verb="Save changes"
      isReady={draft.name !== ''}
      run={run}
      onDone={onDone}
      onClose={onClose}
      cli={patchCommand('update-rest-api', { 'rest-api-id': api.id }, patches)}
    >
      <FormField label="API name">
        <Input value={draft.name} onChange={({ detail }) => change({ name: detail.value })} />
      </FormField>
      <FormField label="Description – optional">
        <Input
          value={draft.description}
          onChange={({ detail }) => change({ description: detail.value })}
        />
      </FormField>
      <FormField label="API key source">
        <Select
          options={KEY_SOURCES}
          selectedOption={KEY_SOURCES.find(({ value }) => value === draft.keySource) ?? null}
          onChange={({ detail }) =>
            change({ keySource: detail.selectedOption.value ?? 'HEADER' })
          }
        />
      </FormField>
      <Toggle
        checked={draft.hasEndpoint}
        onChange={({ detail }) => change({ hasEndpoint: detail.checked })}
      >
        Default endpoint
      </Toggle>
      <Toggle
        checked={draft.isCompressed}
        onChange={({ detail }) => change({ isCompressed: detail.checked })}
      >
        Content encoding
      </Toggle>
      {draft.isCompressed && (
        <FormField label="Minimum body size" description="In bytes, at most 10,485,760.">
          <Input
            type="number"
            value={draft.size}
            onChange={({ detail }) => change({ size: detail.value })}
          />
        </FormField>
      )}
      <FormField label="Binary media types – optional" description="One a line, such as image/png.">
        <Textarea
          rows={3}
          value={draft.types}
          onChange={({ detail }) => change({ types: detail.value })}
        />
      </FormField>
    </Dialog>
  );
}
