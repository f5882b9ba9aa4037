import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { stageList } from '../../api/apigateway';
import { command } from '../../api/cli';
import { documentationVersionCreate } from '../../api/documentation';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { Dialog } from '../../ui/dialog';

interface PublishProps {
  api: string;
  onDone: () => void;
  onClose: () => void;
}

/** Keeps what is written as a version, for a stage. */
export default function PublishDocumentation({ api, onDone, onClose }: PublishProps) {
  const flash = useFlash();
  const stages = useData(`stages/${api}`, () => stageList(api));
  const [stage, setStage] = useState('');
  const [version, setVersion] = useState('');
  const [description, setDescription] = useState('');
  const options = (stages.value ?? []).map(({ stageName }) => ({ value: stageName, label: stageName }));
  const run = async () => {
    await documentationVersionCreate(api, {
      documentationVersion: version,
      ...(stage ? { stageName: stage } : {}),
      ...(description ? { description } : {}),
    });
    flash.success(`Published documentation version '${version}'.`);
  };
  return (
    <Dialog
      title="Publish documentation"
      verb="Publish"
      isReady={version !== ''}
      run={run}
      onDone={onDone}
      onClose={onClose}
      cli={command('apigateway', 'create-documentation-version', {
        'rest-api-id': api,
        'documentation-version': version,
        'stage-name': stage,
        description,
      })}
    >
      <FormField label="Stage – optional">
        <Select
          options={options}
          placeholder="Choose a stage"
          statusType={stages.isLoading ? 'loading' : 'finished'}
          empty="No stages"
          selectedOption={options.find(({ value }) => value === stage) ?? null}
          onChange={({ detail }) => setStage(detail.selectedOption.value ?? '')}
        />
      </FormField>
      <FormField label="Version">
        <Input value={version} onChange={({ detail }) => setVersion(detail.value.trim())} />
      </FormField>
      <FormField label="Description – optional">
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
    </Dialog>
  );
}
