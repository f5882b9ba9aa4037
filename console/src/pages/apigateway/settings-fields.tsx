import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import Toggle from '@cloudscape-design/components/toggle';
import { LEVELS, type SettingsDraft } from './method-settings';

interface SettingsFieldsProps {
  draft: SettingsDraft;
  change: (part: Partial<SettingsDraft>) => void;
  hasThrottling?: boolean;
}

/** Logs, metrics and, if wanted, throttling of methods. */
export function SettingsFields({ draft, change, hasThrottling }: SettingsFieldsProps) {
  return (
    <>
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
      {hasThrottling && <ThrottlingFields draft={draft} change={change} />}
    </>
  );
}

export function ThrottlingFields({ draft, change }: Omit<SettingsFieldsProps, 'hasThrottling'>) {
  return (
    <>
      <FormField label="Rate" description="Requests per second. Empty: the account’s limit.">
        <Input
          type="number"
          value={draft.rate}
          onChange={({ detail }) => change({ rate: detail.value })}
        />
      </FormField>
      <FormField label="Burst" description="Requests at once. Empty: the account’s limit.">
        <Input
          type="number"
          value={draft.burst}
          onChange={({ detail }) => change({ burst: detail.value })}
        />
      </FormField>
    </>
  );
}
