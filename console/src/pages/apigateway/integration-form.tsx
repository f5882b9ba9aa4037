import Alert from '@cloudscape-design/components/alert';
import Autosuggest from '@cloudscape-design/components/autosuggest';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tiles from '@cloudscape-design/components/tiles';
import Toggle from '@cloudscape-design/components/toggle';
import { linkList } from '../../api/vpc-links';
import { useIdentity } from '../../data/identity';
import { useData } from '../../data/useData';
import { PageLink } from '../../ui/page-link';
import { PairsEditor } from '../../ui/pairs-editor';
import { AddPermission } from './add-permission';
import { FunctionFields } from './function-fields';
import { targetOf, type IntegrationDraft, type Kind } from './integration-draft';
import { Templates } from './templates';

export const VERBS = ['ANY', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

interface IntegrationFormProps {
  draft: IntegrationDraft;
  change: (part: Partial<IntegrationDraft>) => void;
  /** The method's ARN with every stage, which the permission names; none while it is not known. */
  sourceArn: string | undefined;
  sid: string;
  /** Where the method is, for previews of its templates. */
  at: { api: string; path: string; verb: string };
}

/** All fields of an integration. */
export function IntegrationForm(props: IntegrationFormProps) {
  const { draft, change } = props;
  const isPlain = draft.kind === 'MOCK' || !draft.isProxy;
  return (
    <SpaceBetween size="l">
      <FormField stretch label="Integration type">
        <Tiles
          columns={3}
          value={draft.kind}
          ariaLabel="Integration type"
          onChange={({ detail }) => change({ kind: detail.value as Kind })}
          items={[
            { value: 'LAMBDA', label: 'Lambda function', description: 'Integrate with a function.' },
            { value: 'HTTP', label: 'HTTP', description: 'Integrate with an HTTP endpoint.' },
            { value: 'MOCK', label: 'Mock', description: 'Answer from mappings, without a backend.' },
            { value: 'AWS', label: 'AWS service', description: 'Integrate by an action’s URI.' },
            { value: 'VPC', label: 'VPC link', description: 'Integrate with what is behind a load balancer.' },
          ]}
        />
      </FormField>
      {draft.kind === 'LAMBDA' && <LambdaFields {...props} />}
      {(draft.kind === 'HTTP' || draft.kind === 'VPC') && <HttpFields {...props} />}
      {draft.kind === 'AWS' && <ServiceFields {...props} />}
      {draft.isProxy && draft.kind !== 'MOCK' && draft.kind !== 'AWS' && <Transfer {...props} />}
      {draft.kind !== 'MOCK' && <Timeout {...props} />}
      {draft.kind !== 'MOCK' && !(draft.kind === 'LAMBDA' && draft.isProxy) && (
        <ParameterMappings {...props} />
      )}
      {isPlain && (
        <Templates draft={draft} change={change} place={{ ...props.at, side: 'request' }} />
      )}
    </SpaceBetween>
  );
}

function LambdaFields({ draft, change, sourceArn, sid }: IntegrationFormProps) {
  const who = useIdentity();
  const target = targetOf(draft, who.account);
  const isForeign = target !== undefined && target.account !== who.account;
  return (
    <SpaceBetween size="l">
      <Toggle
        checked={draft.isProxy}
        description="Send the request to your function as a structured event. (Use Lambda Proxy integration)"
        onChange={({ detail }) => change({ isProxy: detail.checked })}
      >
        Lambda proxy integration
      </Toggle>
      <FunctionFields region={draft.region} lambda={draft.lambda} change={change} />
      {isForeign && sourceArn && (
        <Alert type="info" header="Add permission command">
          <AddPermission target={target} sourceArn={sourceArn} sid={sid} />
        </Alert>
      )}
      {target && !isForeign && (
        <Alert type="info">
          API Gateway gets permission to invoke this function when you save: a statement is added to
          the function’s policy.
        </Alert>
      )}
      {draft.lambda.includes('${stageVariables.') && (
        <Alert type="warning" header="Add permission command">
          The function’s name comes from a stage variable: add the permission to each function that
          the variable may name.
        </Alert>
      )}
    </SpaceBetween>
  );
}

type FieldProps = Pick<IntegrationFormProps, 'draft' | 'change'>;

function HttpFields({ draft, change }: IntegrationFormProps) {
  const isLinked = draft.kind === 'VPC';
  return (
    <SpaceBetween size="l">
      <Toggle
        checked={draft.isProxy}
        description="Send the request to your HTTP endpoint without mapping."
        onChange={({ detail }) => change({ isProxy: detail.checked })}
      >
        {isLinked ? 'VPC proxy integration' : 'HTTP proxy integration'}
      </Toggle>
      <HttpMethod draft={draft} change={change} />
      {isLinked && <LinkField draft={draft} change={change} />}
      <FormField stretch label="Endpoint URL">
        <Input
          value={draft.url}
          placeholder={isLinked ? 'http://pets.internal/{petId}' : 'https://example.com/pets/{petId}'}
          onChange={({ detail }) => change({ url: detail.value.trim() })}
        />
      </FormField>
    </SpaceBetween>
  );
}

/** A VPC link of the account, or a stage variable that names one. */
function LinkField({ draft, change }: FieldProps) {
  const links = useData('vpc-links', linkList);
  return (
    <FormField
      label="VPC link"
      description="Choose one, or enter ${stageVariables.vpcLinkId}."
      secondaryControl={<PageLink to="/apigateway/vpc-links">VPC links</PageLink>}
    >
      <Autosuggest
        value={draft.link}
        enteredTextLabel={(text) => `Use ${text}`}
        options={(links.value ?? []).map(({ id, name }) => ({ value: id, description: name }))}
        statusType={links.isLoading ? 'loading' : links.error ? 'error' : 'finished'}
        empty="No VPC links"
        onChange={({ detail }) => change({ link: detail.value.trim() })}
      />
    </FormField>
  );
}

const TRANSFERS = [
  { value: 'BUFFERED', label: 'Buffered' },
  { value: 'STREAM', label: 'Stream' },
];

/** `Response transfer mode`, of proxies. */
function Transfer({ draft, change }: FieldProps) {
  return (
    <FormField label="Response transfer mode">
      <Select
        options={TRANSFERS}
        selectedOption={TRANSFERS.find(({ value }) => value === draft.transfer) ?? null}
        onChange={({ detail }) => change({ transfer: detail.selectedOption.value ?? 'BUFFERED' })}
      />
    </FormField>
  );
}

function HttpMethod({ draft, change }: FieldProps) {
  return (
    <FormField label="HTTP method">
      <Select
        options={VERBS.map((value) => ({ value, label: value }))}
        selectedOption={{ value: draft.httpMethod, label: draft.httpMethod }}
        onChange={({ detail }) => change({ httpMethod: detail.selectedOption.value ?? 'GET' })}
      />
    </FormField>
  );
}

function ServiceFields({ draft, change }: IntegrationFormProps) {
  return (
    <SpaceBetween size="l">
      <HttpMethod draft={draft} change={change} />
      <FormField stretch label="URI" description="arn:aws:apigateway:{region}:{service}:action/{name}">
        <Input value={draft.uri} onChange={({ detail }) => change({ uri: detail.value.trim() })} />
      </FormField>
      <FormField stretch label="Execution role">
        <Input
          value={draft.credentials}
          placeholder="arn:aws:iam::111111111111:role/name"
          onChange={({ detail }) => change({ credentials: detail.value.trim() })}
        />
      </FormField>
    </SpaceBetween>
  );
}

function ParameterMappings({ draft, change }: IntegrationFormProps) {
  return (
    <ExpandableSection
      headerText={`URL path, query string and header parameters (${draft.parameters.length})`}
    >
      <PairsEditor
        pairs={draft.parameters}
        onChange={(parameters) => change({ parameters })}
        noun="parameter"
        nameLabel="Name, such as integration.request.path.petId"
        valueLabel="Mapped from, such as method.request.path.petId"
      />
    </ExpandableSection>
  );
}

function Timeout({ draft, change }: IntegrationFormProps) {
  const isStream = draft.isProxy && draft.transfer === 'STREAM';
  const most = isStream ? '900,000 milliseconds' : '29,000 milliseconds, or what the operator grants';
  return (
    <SpaceBetween size="xs">
      <Toggle
        checked={draft.hasDefaultTimeout}
        description="The default timeout is 29 seconds."
        onChange={({ detail }) => change({ hasDefaultTimeout: detail.checked })}
      >
        Default timeout
      </Toggle>
      {!draft.hasDefaultTimeout && (
        <FormField label="Timeout" description={`Between 50 and ${most}.`}>
          <Input
            type="number"
            value={draft.timeoutMs}
            onChange={({ detail }) => change({ timeoutMs: detail.value })}
          />
        </FormField>
      )}
    </SpaceBetween>
  );
}
