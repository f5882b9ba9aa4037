import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { RateFields } from '../../ui/rate-fields';
import { LEVELS, type SettingsDraft } from './method-settings';

/** What an empty rate or burst means. */
export const ACCOUNT_LIMIT = 'the account’s limit';

interface SettingsFieldsProps {
  draft: SettingsDraft;
  change: (part: Partial<SettingsDraft>) => void;
  hasThrottling?: boolean;
}

/** Logs, metrics and, if wanted, throttling of methods. */
export function SettingsFields({ draft, change, hasThrottling }: SettingsFieldsProps) {
  return (
    <SpaceBetween size="l">
      <FormField label="CloudWatch Logs">
        <Select
          options={LEVELS}
          selectedOption={LEVELS.find((one) => one.value === draft.level) ?? null}
          onChange={({ detail }) => change({ level: detail.selectedOption.value ?? 'OFF' })}
        />
      </FormField>
      <Toggle
        checked={draft.hasData}
        description="Writes whole requests and responses into the log."
        onChange={({ detail }) => change({ hasData: detail.checked })}
      >
        Data tracing
      </Toggle>
      <Toggle
        checked={draft.hasMetrics}
        disabled={!draft.hasMetrics}
        description="Not available: no metrics are kept yet."
        onChange={({ detail }) => change({ hasMetrics: detail.checked })}
      >
        Detailed metrics
      </Toggle>
      {hasThrottling && (
        <RateFields rate={draft.rate} burst={draft.burst} change={change} empty={ACCOUNT_LIMIT} />
      )}
    </SpaceBetween>
  );
}
