import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Input from '@cloudscape-design/components/input';

export type Pair = { name: string; value: string };

interface PairsEditorProps {
  pairs: Pair[];
  onChange: (pairs: Pair[]) => void;
  /** What one pair is: `environment variable`. */
  noun: string;
  nameLabel?: string;
  valueLabel?: string;
}

/** Names with values: variables, headers, parameters. */
export function PairsEditor(props: PairsEditorProps) {
  const { pairs, onChange, noun, nameLabel = 'Name', valueLabel = 'Value' } = props;
  const change = (index: number, part: Partial<Pair>) =>
    onChange(pairs.map((pair, at) => (at === index ? { ...pair, ...part } : pair)));
  return (
    <AttributeEditor
      items={pairs}
      addButtonText={`Add ${noun}`}
      removeButtonText="Remove"
      removeButtonAriaLabel={(pair) => `Remove ${pair.name || noun}`}
      empty={`No ${noun}s`}
      onAddButtonClick={() => onChange([...pairs, { name: '', value: '' }])}
      onRemoveButtonClick={({ detail }) =>
        onChange(pairs.filter((_, at) => at !== detail.itemIndex))
      }
      definition={[
        {
          label: nameLabel,
          control: (pair, index) => (
            <Input
              value={pair.name}
              ariaLabel={`${nameLabel} ${index + 1}`}
              onChange={({ detail }) => change(index, { name: detail.value })}
            />
          ),
        },
        {
          label: valueLabel,
          control: (pair, index) => (
            <Input
              value={pair.value}
              ariaLabel={`${valueLabel} ${index + 1}`}
              onChange={({ detail }) => change(index, { value: detail.value })}
            />
          ),
        },
      ]}
    />
  );
}

export const toPairs = (map: Record<string, string> | undefined): Pair[] =>
  Object.entries(map ?? {}).map(([name, value]) => ({ name, value }));

export const fromPairs = (pairs: Pair[]): Record<string, string> =>
  Object.fromEntries(pairs.filter((pair) => pair.name).map((pair) => [pair.name, pair.value]));
