import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { deploymentList, stageCreate } from '../../api/apigateway';
import { command } from '../../api/cli';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { Dialog } from '../../ui/dialog';
import { when } from '../../ui/time';

interface CreateStageProps {
  api: string;
  onDone: (stage: string) => void;
  onClose: () => void;
}

/** `Create stage`: another stage for a deployment that there is. */
export default function CreateStage({ api, onDone, onClose }: CreateStageProps) {
  const flash = useFlash();
  const deployments = useData(`deployments/${api}/all`, () => deploymentList(api));
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [deployment, setDeployment] = useState('');
  const options = (deployments.value ?? []).map((one) => ({
    value: one.id,
    label: when(one.createdDate),
    description: one.description ? `${one.id}: ${one.description}` : one.id,
  }));
  const run = async () => {
    await stageCreate(api, {
      stageName: name,
      deploymentId: deployment,
      ...(description ? { description } : {}),
    });
    flash.success(`Successfully created stage '${name}'.`);
    onDone(name);
  };
  return (
    <Dialog
      title="Create stage"
      verb="Create stage"
      isReady={name !== '' && deployment !== ''}
      run={run}
      onClose={onClose}
      cli={command('apigateway', 'create-stage', {
        'rest-api-id': api,
        'stage-name': name,
        'deployment-id': deployment,
        description,
      })}
    >
      <FormField label="Stage name">
        <Input value={name} onChange={({ detail }) => setName(detail.value.trim())} />
      </FormField>
      <FormField label="Description – optional">
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
      <FormField label="Deployment">
        <Select
          options={options}
          placeholder="Choose a deployment"
          empty="No deployments: choose Deploy API"
          statusType={deployments.isLoading ? 'loading' : 'finished'}
          selectedOption={options.find(({ value }) => value === deployment) ?? null}
          onChange={({ detail }) => setDeployment(detail.selectedOption.value ?? '')}
        />
      </FormField>
    </Dialog>
  );
}
