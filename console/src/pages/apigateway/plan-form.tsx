import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import type { Patch } from '../../api/apigateway';
import type { UsagePlan } from '../../api/plans';
import { RateFields } from '../../ui/rate-fields';

/** A usage plan as its form has it. */
export interface PlanDraft {
  name: string;
  description: string;
  isThrottled: boolean;
  rate: string;
  burst: string;
  hasQuota: boolean;
  limit: string;
  period: string;
}

const PERIODS = [
  { value: 'DAY', label: 'Day' },
  { value: 'WEEK', label: 'Week' },
  { value: 'MONTH', label: 'Month' },
];

export const periodName = (period: string): string =>
  PERIODS.find(({ value }) => value === period)?.label ?? period;

export function planDraftOf(plan: UsagePlan | undefined): PlanDraft {
  return {
    name: plan?.name ?? '',
    description: plan?.description ?? '',
    isThrottled: !plan || plan.throttle !== undefined,
    rate: String(plan?.throttle?.rateLimit ?? 100),
    burst: String(plan?.throttle?.burstLimit ?? 20),
    hasQuota: !plan || plan.quota !== undefined,
    limit: String(plan?.quota?.limit ?? 1000),
    period: plan?.quota?.period ?? 'MONTH',
  };
}

/** What CreateUsagePlan is given. */
export function planInput(draft: PlanDraft) {
  return {
    name: draft.name,
    ...(draft.description ? { description: draft.description } : {}),
    ...(draft.isThrottled
      ? { throttle: { rateLimit: Number(draft.rate), burstLimit: Number(draft.burst) } }
      : {}),
    ...(draft.hasQuota ? { quota: { limit: Number(draft.limit), period: draft.period } } : {}),
  };
}

/** What UpdateUsagePlan is given to get from the plan to the draft. */
export function planPatches(plan: UsagePlan, draft: PlanDraft): Patch[] {
  const before = planDraftOf(plan);
  const set = (path: string, value: string): Patch => ({ op: 'replace', path, value });
  const patches: Patch[] = [];
  if (draft.name !== before.name) patches.push(set('/name', draft.name));
  if (draft.description !== before.description) {
    patches.push(set('/description', draft.description));
  }
  if (draft.isThrottled) {
    if (!plan.throttle || draft.rate !== before.rate) {
      patches.push(set('/throttle/rateLimit', draft.rate));
    }
    if (!plan.throttle || draft.burst !== before.burst) {
      patches.push(set('/throttle/burstLimit', draft.burst));
    }
  } else if (plan.throttle) patches.push({ op: 'remove', path: '/throttle' });
  if (draft.hasQuota) {
    if (!plan.quota || draft.limit !== before.limit) patches.push(set('/quota/limit', draft.limit));
    if (!plan.quota || draft.period !== before.period) {
      patches.push(set('/quota/period', draft.period));
    }
  } else if (plan.quota) patches.push({ op: 'remove', path: '/quota' });
  return patches;
}

interface PlanFormProps {
  draft: PlanDraft;
  change: (part: Partial<PlanDraft>) => void;
}

/** The fields of a usage plan. */
export function PlanForm({ draft, change }: PlanFormProps) {
  return (
    <SpaceBetween size="l">
      <FormField label="Name">
        <Input value={draft.name} onChange={({ detail }) => change({ name: detail.value })} />
      </FormField>
      <FormField label="Description – optional">
        <Input
          value={draft.description}
          onChange={({ detail }) => change({ description: detail.value })}
        />
      </FormField>
      <Toggle
        checked={draft.isThrottled}
        onChange={({ detail }) => change({ isThrottled: detail.checked })}
      >
        Throttling
      </Toggle>
      {draft.isThrottled && (
        <RateFields rate={draft.rate} burst={draft.burst} change={change} />
      )}
      <Toggle
        checked={draft.hasQuota}
        onChange={({ detail }) => change({ hasQuota: detail.checked })}
      >
        Quota
      </Toggle>
      {draft.hasQuota && (
        <SpaceBetween size="l">
          <FormField label="Requests" description="The total number that a client can make.">
            <Input
              type="number"
              value={draft.limit}
              onChange={({ detail }) => change({ limit: detail.value })}
            />
          </FormField>
          <FormField label="Per">
            <Select
              options={PERIODS}
              selectedOption={PERIODS.find(({ value }) => value === draft.period) ?? null}
              onChange={({ detail }) => change({ period: detail.selectedOption.value ?? 'MONTH' })}
            />
          </FormField>
        </SpaceBetween>
      )}
    </SpaceBetween>
  );
}
