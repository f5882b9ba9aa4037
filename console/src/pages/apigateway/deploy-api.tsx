import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { deploymentCreate, stageList } from '../../api/apigateway';
import { command } from '../../api/cli';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { AsCli } from '../../ui/as-cli';
import { Dialog } from '../../ui/dialog';
import { DeployDiff } from './deploy-diff';

const NEW = { value: '*new', label: '*New stage*' };
const NONE = { value: '*none', label: 'No stage' };

/** `Deploy API`: makes what is edited live in a stage. */
export default function DeployApi({ api, onClose }: { api: string; onClose: () => void }) {
  const stages = useData(`stages/${api}`, () => stageList(api));
  const navigate = useNavigate();
  const flash = useFlash();
  const [chosen, setChosen] = useState<string>();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const known = (stages.value ?? []).map((one) => ({ value: one.stageName, label: one.stageName }));
  const stage = chosen ?? known[0]?.value ?? NEW.value;
  const stageName = stage === NEW.value ? name : stage === NONE.value ? undefined : stage;
  const run = async () => {
    await deploymentCreate(api, { stageName, description: description || undefined });
    flash.success(
      stageName
        ? `Successfully created deployment. This deployment is active for ${stageName}.`
        : 'Successfully created deployment.',
    );
    if (stageName) void navigate(`/apigateway/apis/${api}/stages?stage=${stageName}`);
  };
  const options = [NEW, NONE, ...known];
  return (
    <Dialog
      title="Deploy API"
      verb="Deploy"
      size="large"
      isReady={stageName !== ''}
      run={run}
      onClose={onClose}
    >
      <FormField
        label="Stage"
        description="Changes are served only after they were deployed to a stage."
      >
        <Select
          options={options}
          selectedOption={options.find((one) => one.value === stage) ?? NEW}
          statusType={stages.isLoading ? 'loading' : 'finished'}
          onChange={({ detail }) => setChosen(detail.selectedOption.value)}
        />
      </FormField>
      {stage === NEW.value && (
        <FormField label="Stage name">
          <Input value={name} onChange={({ detail }) => setName(detail.value)} />
        </FormField>
      )}
      <FormField label="Deployment description – optional">
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
      {known.some((one) => one.value === stage) && <DeployDiff key={stage} api={api} stage={stage} />}
      <AsCli
        text={command('apigateway', 'create-deployment', {
          'rest-api-id': api,
          'stage-name': stageName,
          description,
        })}
      />
    </Dialog>
  );
}
