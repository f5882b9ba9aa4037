import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useParams } from 'react-router';
import { patchCommand } from '../../api/cli';
import { planGet, planUpdate, type UsagePlan as Plan } from '../../api/plans';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { Dialog } from '../../ui/dialog';
import { PageTabs } from '../../ui/page-tabs';
import { Opening } from '../../ui/opening';
import { planDraftOf, PlanForm, planPatches } from './plan-form';
import { PlanKeys } from './plan-keys';
import { PlanStages } from './plan-stages';
import { PlanUsage } from './plan-usage';
import { quotaText, throttleText } from './usage-plans';

/** A usage plan: its limits, its stages, its keys and what they used. */
export default function UsagePlan() {
  const { plan: id = '' } = useParams();
  const [isEditing, setEditing] = useState(false);
  const found = useData(`usage-plan/${id}`, () => planGet(id));
  const plan = found.value;
  if (!plan) return <Opening data={found} />;
  return (
    <SpaceBetween size="l">
      <Header variant="h1" actions={<Button onClick={() => setEditing(true)}>Edit</Button>}>
        {plan.name}
      </Header>
      <Container header={<Header variant="h2">Usage plan details</Header>}>
        <KeyValuePairs
          columns={4}
          items={[
            { label: 'ID', value: plan.id },
            { label: 'Description', value: plan.description ?? '–' },
            { label: 'Throttling', value: throttleText(plan) },
            { label: 'Quota', value: quotaText(plan) },
          ]}
        />
      </Container>
      <PageTabs
        label="Usage plan"
        tabs={[
          {
            id: 'stages',
            label: 'Associated stages',
            content: <PlanStages plan={plan} onChanged={found.reload} />,
          },
          { id: 'keys', label: 'Associated API keys', content: <PlanKeys plan={plan} /> },
          { id: 'usage', label: 'Usage', content: <PlanUsage plan={plan} /> },
        ]}
      />
      {isEditing && (
        <Edit plan={plan} onDone={found.reload} onClose={() => setEditing(false)} />
      )}
    </SpaceBetween>
  );
}

function Edit({ plan, onDone, onClose }: { plan: Plan; onDone: () => void; onClose: () => void }) {
  const flash = useFlash();
  const [draft, setDraft] = useState(() => planDraftOf(plan));
  const patches = planPatches(plan, draft);
  const run = async () => {
    if (patches.length > 0) await planUpdate(plan.id, patches);
    flash.success(`Saved usage plan '${draft.name}'.`);
  };
  return (
    <Dialog
      title="Edit usage plan"
      verb="Save"
      isReady={draft.name !== ''}
      run={run}
      onDone={onDone}
      onClose={onClose}
      cli={patchCommand('update-usage-plan', { 'usage-plan-id': plan.id }, patches)}
    >
      <PlanForm draft={draft} change={(part) => setDraft((old) => ({ ...old, ...part }))} />
    </Dialog>
  );
}
