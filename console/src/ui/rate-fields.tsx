import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';

interface RateFieldsProps {
  rate: string;
  burst: string;
  change: (part: { rate?: string; burst?: string }) => void;
  /** What an empty field means; without it, both are wanted. */
  empty?: string;
}

/** How many requests are let in by second, and at once. */
export function RateFields({ rate, burst, change, empty }: RateFieldsProps) {
  const hint = (text: string) => (empty ? `${text} Empty: ${empty}.` : text);
  return (
    <SpaceBetween size="l">
      <FormField label="Rate" description={hint('Requests per second.')}>
        <Input type="number" value={rate} onChange={({ detail }) => change({ rate: detail.value })} />
      </FormField>
      <FormField label="Burst" description={hint('Requests at once.')}>
        <Input
          type="number"
          value={burst}
          onChange={({ detail }) => change({ burst: detail.value })}
        />
      </FormField>
    </SpaceBetween>
  );
}
