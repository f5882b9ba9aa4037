import FormField from '@cloudscape-design/components/form-field';
import Textarea from '@cloudscape-design/components/textarea';

interface JsonFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  rows?: number;
  description?: string;
  readOnly?: boolean;
}

/** Why a text is no JSON; nothing when it is. */
export function jsonError(text: string): string | undefined {
  if (!text.trim()) return undefined;
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'This is no JSON.';
  }
}

/** A JSON text, checked while it is typed. */
export function JsonField({ label, value, onChange, rows, description, readOnly }: JsonFieldProps) {
  return (
    <FormField stretch label={label} description={description} errorText={jsonError(value) ?? ''}>
      <Textarea
        className="mono"
        rows={rows ?? 12}
        spellcheck={false}
        value={value}
        readOnly={readOnly ?? false}
        onChange={({ detail }) => onChange(detail.value)}
      />
    </FormField>
  );
}
