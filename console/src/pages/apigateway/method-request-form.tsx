import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Checkbox from '@cloudscape-design/components/checkbox';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import type { Authorizer } from '../../api/authorizers';
import { hasScopes, VALIDATIONS, type MethodRequestDraft, type Parameter } from './method-request-draft';
import { ModelsEditor } from './models-editor';

interface MethodRequestFormProps {
  api: string;
  draft: MethodRequestDraft;
  authorizers: Authorizer[];
  change: (part: Partial<MethodRequestDraft>) => void;
}

/** Who may call the method, and what a request of it looks like. */
export function MethodRequestForm({ api, draft, authorizers, change }: MethodRequestFormProps) {
  const authorizer = authorizers.find((one) => one.id === draft.authorization);
  const choices = [
    { value: 'NONE', label: 'None' },
    { value: 'AWS_IAM', label: 'AWS IAM' },
    ...authorizers.map((one) => ({ value: one.id, label: one.name, description: one.type })),
  ];
  const validations = [
    { value: '', label: 'None' },
    ...VALIDATIONS.map(({ name }) => ({ value: name, label: name })),
  ];
  return (
    <SpaceBetween size="l">
      <FormField label="Authorization" description="Authorizers of this API can be chosen, too.">
        <Select
          options={choices}
          selectedOption={
            choices.find((one) => one.value === draft.authorization) ?? {
              value: draft.authorization,
              label: draft.authorization,
            }
          }
          onChange={({ detail }) =>
            change({ authorization: detail.selectedOption.value ?? 'NONE' })
          }
        />
      </FormField>
      {hasScopes(authorizer) && (
        <FormField
          stretch
          label="Authorization scopes – optional"
          description="Separated by spaces. An access token must have one of them."
        >
          <Input value={draft.scopes} onChange={({ detail }) => change({ scopes: detail.value })} />
        </FormField>
      )}
      <FormField label="Request validator">
        <Select
          options={validations}
          selectedOption={validations.find((one) => one.value === draft.validation) ?? null}
          onChange={({ detail }) => change({ validation: detail.selectedOption.value ?? '' })}
        />
      </FormField>
      <Toggle
        checked={draft.needsKey}
        onChange={({ detail }) => change({ needsKey: detail.checked })}
      >
        API key required
      </Toggle>
      <FormField label="Operation name – optional">
        <Input
          value={draft.operationName}
          onChange={({ detail }) => change({ operationName: detail.value })}
        />
      </FormField>
      <ExpandableSection
        headerText={`URL query string parameters (${draft.queries.length})`}
      >
        <Parameters
          all={draft.queries}
          noun="query string"
          onChange={(queries) => change({ queries })}
        />
      </ExpandableSection>
      <ExpandableSection headerText={`HTTP request headers (${draft.headers.length})`}>
        <Parameters
          all={draft.headers}
          noun="header"
          onChange={(headers) => change({ headers })}
        />
      </ExpandableSection>
      <ExpandableSection headerText={`Request body (${draft.models.length})`}>
        <ModelsEditor api={api} models={draft.models} onChange={(models) => change({ models })} />
      </ExpandableSection>
    </SpaceBetween>
  );
}

interface ParametersProps {
  all: Parameter[];
  noun: string;
  onChange: (all: Parameter[]) => void;
}

function Parameters({ all, noun, onChange }: ParametersProps) {
  const set = (at: number, part: Partial<Parameter>) =>
    onChange(all.map((one, index) => (index === at ? { ...one, ...part } : one)));
  return (
    <AttributeEditor
      items={all}
      addButtonText={`Add ${noun}`}
      removeButtonText="Remove"
      removeButtonAriaLabel={(one) => `Remove ${one.name || noun}`}
      empty={`No ${noun}s`}
      onAddButtonClick={() => onChange([...all, { name: '', required: false }])}
      onRemoveButtonClick={({ detail }) =>
        onChange(all.filter((_, at) => at !== detail.itemIndex))
      }
      definition={[
        {
          label: 'Name',
          control: (one, at) => (
            <Input
              value={one.name}
              ariaLabel={`Name of ${noun} ${at + 1}`}
              onChange={({ detail }) => set(at, { name: detail.value.trim() })}
            />
          ),
        },
        {
          label: 'Required',
          control: (one, at) => (
            <Checkbox
              checked={one.required}
              ariaLabel={`Required: ${one.name || `${noun} ${at + 1}`}`}
              onChange={({ detail }) => set(at, { required: detail.checked })}
            />
          ),
        },
      ]}
    />
  );
}
