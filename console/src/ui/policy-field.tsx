import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { findings, type PolicyKind } from './policy-findings';
import { Status } from './status';

interface PolicyFieldProps {
  label: string;
  kind: PolicyKind;
  value: string;
  onChange: (value: string) => void;
  rows?: number;
}

const LOOKS = { Error: 'error', Warning: 'warning', Security: 'warning' } as const;

export const isSavable = (text: string, kind: PolicyKind): boolean =>
  !findings(text, kind).some((one) => one.kind === 'Error');

/** A policy document, judged while it is typed: errors, warnings and what opens too much. */
export function PolicyField({ label, kind, value, onChange, rows }: PolicyFieldProps) {
  const found = findings(value, kind);
  const count = (one: 'Security' | 'Error' | 'Warning') =>
    found.filter((finding) => finding.kind === one).length;
  return (
    <SpaceBetween size="xs">
      <FormField
        stretch
        label={label}
        constraintText={`Security: ${count('Security')} · Errors: ${count('Error')} · Warnings: ${count('Warning')}`}
      >
        <Textarea
          className="mono"
          rows={rows ?? 14}
          spellcheck={false}
          invalid={count('Error') > 0}
          value={value}
          onChange={({ detail }) => onChange(detail.value)}
        />
      </FormField>
      <div aria-live="polite">
        {found.slice(0, 6).map((one) => (
          <div key={one.text}>
            <Status type={LOOKS[one.kind]} text={`${one.kind}: ${one.text}`} />
          </div>
        ))}
      </div>
    </SpaceBetween>
  );
}
