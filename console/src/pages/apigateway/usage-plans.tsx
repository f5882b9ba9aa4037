import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { command } from '../../api/cli';
import { planCreate, planDelete, planList, type UsagePlan } from '../../api/plans';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { nameColumn } from '../../ui/name-column';
import { ResourceTable } from '../../ui/resource-table';
import { periodName, planDraftOf, PlanForm, planInput } from './plan-form';

/** `Usage plans`: who may call which stages, how often and how much. */
export default function UsagePlans() {
  const plans = useData('usage-plans', planList);
  const [isCreating, setCreating] = useState(false);
  const [doomed, setDoomed] = useState<UsagePlan>();
  return (
    <>
      <ResourceTable
        title="Usage plans"
        noun="usage plan"
        data={plans}
        id={(plan) => plan.id}
        selects="single"
        description="A plan lets the API keys in it call its stages, so fast and so much."
        empty={<Button onClick={() => setCreating(true)}>Create usage plan</Button>}
        cli={(plan) => command('apigateway', 'get-usage-plan', { 'usage-plan-id': plan.id })}
        actions={([plan]) => (
          <>
            <Button disabled={!plan} onClick={() => setDoomed(plan)}>
              Delete
            </Button>
            <Button variant="primary" onClick={() => setCreating(true)}>
              Create usage plan
            </Button>
          </>
        )}
        columns={[
          nameColumn(
            'Name',
            (plan: UsagePlan) => plan.name,
            (plan) => `/apigateway/usage-plans/${plan.id}`,
          ),
          { id: 'id', header: 'ID', cell: (plan) => plan.id },
          { id: 'throttle', header: 'Throttling', cell: throttleText },
          { id: 'quota', header: 'Quota', cell: quotaText },
          {
            id: 'stages',
            header: 'Associated stages',
            cell: (plan) => plan.apiStages?.length ?? 0,
          },
        ]}
      />
      {isCreating && (
        <CreatePlan onDone={plans.reload} onClose={() => setCreating(false)} />
      )}
      {doomed && (
        <DeleteDialog
          what={`usage plan ${doomed.name}`}
          word="confirm"
          cli={command('apigateway', 'delete-usage-plan', { 'usage-plan-id': doomed.id })}
          run={() => planDelete(doomed.id)}
          onDone={plans.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}

export const throttleText = (plan: UsagePlan): string =>
  plan.throttle
    ? `${plan.throttle.rateLimit ?? 0} requests per second, burst ${plan.throttle.burstLimit ?? 0}`
    : 'Not throttled';

export const quotaText = (plan: UsagePlan): string =>
  plan.quota
    ? `${plan.quota.limit.toLocaleString('en-GB')} requests per ${periodName(plan.quota.period).toLowerCase()}`
    : 'No quota';

function CreatePlan({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const flash = useFlash();
  const [draft, setDraft] = useState(() => planDraftOf(undefined));
  const input = planInput(draft);
  const run = async () => {
    await planCreate(input);
    flash.success(`Successfully created usage plan '${draft.name}'.`);
  };
  return (
    <Dialog
      title="Create usage plan"
      verb="Create usage plan"
      isReady={draft.name !== ''}
      run={run}
      onDone={onDone}
      onClose={onClose}
      cli={command('apigateway', 'create-usage-plan', {
        name: input.name,
        description: input.description,
        throttle: input.throttle && JSON.stringify(input.throttle),
        quota: input.quota && JSON.stringify(input.quota),
      })}
    >
      <PlanForm draft={draft} change={(part) => setDraft((old) => ({ ...old, ...part }))} />
    </Dialog>
  );
}
