import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { apiList, stageList, type Patch } from '../../api/apigateway';
import { command, patchCommand } from '../../api/cli';
import { planUpdate, type PlanStage, type UsagePlan } from '../../api/plans';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { PageLink } from '../../ui/page-link';
import { ResourceTable } from '../../ui/resource-table';

interface PlanStagesProps {
  plan: UsagePlan;
  onChanged: () => void;
}

const nameOf = (stage: PlanStage) => `${stage.apiId}:${stage.stage}`;

/** The stages that a plan lets its keys call. */
export function PlanStages({ plan, onChanged }: PlanStagesProps) {
  const [isAdding, setAdding] = useState(false);
  const [doomed, setDoomed] = useState<PlanStage>();
  const apis = useData('apis', apiList);
  const apiName = (id: string) => apis.value?.find((one) => one.id === id)?.name;
  const data = { value: plan.apiStages ?? [], error: undefined, isLoading: false, reload: onChanged };
  const removal: Patch[] = doomed
    ? [{ op: 'remove', path: '/apiStages', value: nameOf(doomed) }]
    : [];
  return (
    <>
      <ResourceTable
        title="Associated stages"
        noun="associated stage"
        level="h2"
        data={data}
        id={nameOf}
        selects="single"
        cli={() =>
          command('apigateway', 'get-usage-plan', { 'usage-plan-id': plan.id, query: 'apiStages' })
        }
        empty={<Button onClick={() => setAdding(true)}>Add stage</Button>}
        actions={([stage]) => (
          <>
            <Button disabled={!stage} onClick={() => setDoomed(stage)}>
              Remove
            </Button>
            <Button onClick={() => setAdding(true)}>Add stage</Button>
          </>
        )}
        columns={[
          {
            id: 'api',
            header: 'API',
            isRowHeader: true,
            cell: (stage) => (
              <PageLink to={`/apigateway/apis/${stage.apiId}/stages?stage=${stage.stage}`}>
                {apiName(stage.apiId) ? `${apiName(stage.apiId)} (${stage.apiId})` : stage.apiId}
              </PageLink>
            ),
          },
          { id: 'stage', header: 'Stage', cell: (stage) => stage.stage },
          {
            id: 'throttle',
            header: 'Method-level throttling',
            cell: (stage) =>
              Object.entries(stage.throttle ?? {})
                .map(([at, one]) => `${at}: ${one.rateLimit ?? 0}/s, burst ${one.burstLimit ?? 0}`)
                .join('; ') || '–',
          },
        ]}
      />
      {isAdding && (
        <AddStage plan={plan} onDone={onChanged} onClose={() => setAdding(false)} />
      )}
      {doomed && (
        <DeleteDialog
          what={`stage ${nameOf(doomed)} of the plan`}
          cli={patchCommand('update-usage-plan', { 'usage-plan-id': plan.id }, removal)}
          run={() => planUpdate(plan.id, removal)}
          onDone={onChanged}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}

interface AddStageProps {
  plan: UsagePlan;
  onDone: () => void;
  onClose: () => void;
}

function AddStage({ plan, onDone, onClose }: AddStageProps) {
  const flash = useFlash();
  const [api, setApi] = useState('');
  const [stage, setStage] = useState('');
  const apis = useData('apis', apiList);
  const stages = useData(`stages/${api}`, async () => (api ? stageList(api) : []));
  const apiOptions = (apis.value ?? []).map(({ id, name }) => ({ value: id, label: `${name} (${id})` }));
  const stageOptions = (stages.value ?? []).map(({ stageName }) => ({
    value: stageName,
    label: stageName,
  }));
  const patches: Patch[] = [{ op: 'add', path: '/apiStages', value: `${api}:${stage}` }];
  const run = async () => {
    await planUpdate(plan.id, patches);
    flash.success(`Added stage '${stage}' to the usage plan.`);
  };
  return (
    <Dialog
      title="Add stage"
      verb="Add to usage plan"
      isReady={api !== '' && stage !== ''}
      run={run}
      onDone={onDone}
      onClose={onClose}
      cli={patchCommand('update-usage-plan', { 'usage-plan-id': plan.id }, patches)}
    >
      <FormField label="API">
        <Select
          options={apiOptions}
          placeholder="Choose an API"
          statusType={apis.isLoading ? 'loading' : 'finished'}
          empty="No APIs"
          selectedOption={apiOptions.find(({ value }) => value === api) ?? null}
          onChange={({ detail }) => {
            setApi(detail.selectedOption.value ?? '');
            setStage('');
          }}
        />
      </FormField>
      <FormField label="Stage">
        <Select
          options={stageOptions}
          placeholder="Choose a stage"
          disabled={!api}
          empty="This API has no stages: deploy it first"
          statusType={stages.isLoading ? 'loading' : 'finished'}
          selectedOption={stageOptions.find(({ value }) => value === stage) ?? null}
          onChange={({ detail }) => setStage(detail.selectedOption.value ?? '')}
        />
      </FormField>
    </Dialog>
  );
}
