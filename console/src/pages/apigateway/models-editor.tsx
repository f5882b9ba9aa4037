import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { modelList } from '../../api/apigateway';
import { useData } from '../../data/useData';
import type { Pair } from '../../ui/pairs-editor';

interface ModelsEditorProps {
  api: string;
  /** Models by content type. */
  models: Pair[];
  onChange: (models: Pair[]) => void;
}

/** Which model a body of a content type has. */
export function ModelsEditor({ api, models: all, onChange }: ModelsEditorProps) {
  const models = useData(`models/${api}`, () => modelList(api));
  const options = (models.value ?? []).map(({ name }) => ({ value: name, label: name }));
  const set = (at: number, part: Partial<Pair>) =>
    onChange(all.map((one, index) => (index === at ? { ...one, ...part } : one)));
  return (
    <AttributeEditor
      items={all}
      addButtonText="Add model"
      removeButtonText="Remove"
      removeButtonAriaLabel={(one) => `Remove ${one.name || 'model'}`}
      empty="No models"
      onAddButtonClick={() => onChange([...all, { name: 'application/json', value: '' }])}
      onRemoveButtonClick={({ detail }) =>
        onChange(all.filter((_, at) => at !== detail.itemIndex))
      }
      definition={[
        {
          label: 'Content type',
          control: (one, at) => (
            <Input
              value={one.name}
              ariaLabel={`Content type ${at + 1}`}
              onChange={({ detail }) => set(at, { name: detail.value.trim() })}
            />
          ),
        },
        {
          label: 'Model',
          control: (one, at) => (
            <Select
              ariaLabel={`Model ${at + 1}`}
              options={options}
              placeholder="Choose a model"
              statusType={models.isLoading ? 'loading' : 'finished'}
              selectedOption={one.value ? { value: one.value, label: one.value } : null}
              onChange={({ detail }) => set(at, { value: detail.selectedOption.value ?? '' })}
            />
          ),
        },
      ]}
    />
  );
}
