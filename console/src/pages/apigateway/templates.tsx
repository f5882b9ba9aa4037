import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import Header from '@cloudscape-design/components/header';
import { lazily } from '../../ui/lazily';
import type { Pair } from '../../ui/pairs-editor';
import { PASSTHROUGH, type IntegrationDraft } from './integration-draft';
import type { TemplatePlace } from './template-sample';

const TemplatePreview = lazily(async () => (await import('./template-preview')).default, null);

interface TemplatesProps {
  draft: IntegrationDraft;
  change: (part: Partial<IntegrationDraft>) => void;
  place: TemplatePlace;
}

/** Mapping templates of a request, and what happens to a body without one. */
export function Templates({ draft, change, place }: TemplatesProps) {
  return (
    <SpaceBetween size="m">
      <FormField label="Request body passthrough">
        <Select
          options={PASSTHROUGH}
          selectedOption={PASSTHROUGH.find((one) => one.value === draft.passthrough) ?? null}
          onChange={({ detail }) =>
            change({ passthrough: detail.selectedOption.value ?? 'WHEN_NO_MATCH' })
          }
        />
      </FormField>
      <TemplateList
        templates={draft.templates}
        place={place}
        onChange={(templates) => change({ templates })}
      />
    </SpaceBetween>
  );
}

interface TemplateListProps {
  templates: Pair[];
  onChange: (templates: Pair[]) => void;
  title?: string;
  /** Where the templates are rendered; none where they are no Velocity, as in gateway responses. */
  place?: TemplatePlace;
}

export function TemplateList({ templates, onChange, title, place }: TemplateListProps) {
  const set = (at: number, part: Partial<Pair>) =>
    onChange(templates.map((one, index) => (index === at ? { ...one, ...part } : one)));
  const add = () => onChange([...templates, { name: 'application/json', value: '' }]);
  return (
    <SpaceBetween size="s">
      <Header variant="h3" actions={<Button onClick={add}>Add mapping template</Button>}>
        {title ?? 'Mapping templates'}
      </Header>
      {templates.map((one, at) => (
        <SpaceBetween size="xs" key={at}>
          <div className="row-between">
            <FormField label="Content type">
              <Input value={one.name} onChange={({ detail }) => set(at, { name: detail.value })} />
            </FormField>
            <Button onClick={() => onChange(templates.filter((_, index) => index !== at))}>
              Remove
            </Button>
          </div>
          <FormField stretch label="Template body">
            <Textarea
              className="mono"
              rows={6}
              spellcheck={false}
              value={one.value}
              onChange={({ detail }) => set(at, { value: detail.value })}
            />
          </FormField>
          {place && (
            <ExpandableSection headerText="Preview" headerDescription="Renders while you type.">
              <TemplatePreview place={place} template={one.value} contentType={one.name} />
            </ExpandableSection>
          )}
        </SpaceBetween>
      ))}
    </SpaceBetween>
  );
}
