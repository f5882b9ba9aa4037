import Alert from '@cloudscape-design/components/alert';
import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import Toggle from '@cloudscape-design/components/toggle';
import { useIdentity } from '../../data/identity';
import { AddPermission } from './add-permission';
import { authorizerTarget, isLambda, PLACES, type AuthorizerDraft, type Source } from './authorizer-draft';
import { FunctionFields } from './function-fields';
import { JwtFields } from './jwt-fields';

interface AuthorizerFormProps {
  draft: AuthorizerDraft;
  change: (part: Partial<AuthorizerDraft>) => void;
  /** What the function's permission names; with `AUTHORIZER_ID` while there is no id yet. */
  sourceArn: string;
  sid: string;
  /** Type and name of an authorizer that exists stay. */
  isNew: boolean;
}

/** All fields of an authorizer. */
export function AuthorizerForm(props: AuthorizerFormProps) {
  const { draft, change, isNew } = props;
  const kind = isLambda(draft.type) ? 'LAMBDA' : draft.type;
  return (
    <SpaceBetween size="l">
      <FormField label="Authorizer name">
        <Input value={draft.name} onChange={({ detail }) => change({ name: detail.value })} />
      </FormField>
      {isNew && (
        <FormField label="Authorizer type">
          <RadioGroup
            value={kind}
            onChange={({ detail }) =>
              change({ type: detail.value === 'LAMBDA' ? 'TOKEN' : (detail.value as 'JWT') })
            }
            items={[
              { value: 'LAMBDA', label: 'Lambda', description: 'A function decides.' },
              {
                value: 'COGNITO_USER_POOLS',
                label: 'Cognito',
                description: 'Tokens of a user pool decide.',
              },
              { value: 'JWT', label: 'JWT', description: 'Tokens of issuers that you name decide.' },
            ]}
          />
        </FormField>
      )}
      {kind === 'LAMBDA' && <LambdaFields {...props} />}
      {kind === 'COGNITO_USER_POOLS' && <PoolFields {...props} />}
      {kind === 'JWT' && (
        <SpaceBetween size="l">
          <TokenSource {...props} />
          <JwtFields issuers={draft.issuers} algorithms={draft.algorithms} change={change} />
        </SpaceBetween>
      )}
      {kind !== 'JWT' && <Caching {...props} />}
    </SpaceBetween>
  );
}

function LambdaFields({ draft, change, sourceArn, sid, isNew }: AuthorizerFormProps) {
  const who = useIdentity();
  const target = authorizerTarget(draft, who.account);
  const isForeign = target !== undefined && target.account !== who.account;
  return (
    <SpaceBetween size="l">
      <FunctionFields region={draft.region} lambda={draft.lambda} change={change} />
      <FormField
        stretch
        label="Lambda invoke role – optional"
        description="Without a role, the function’s own policy must allow the authorizer."
      >
        <Input
          value={draft.role}
          placeholder="arn:aws:iam::111111111111:role/name"
          onChange={({ detail }) => change({ role: detail.value.trim() })}
        />
      </FormField>
      {target && isForeign && !draft.role && (
        <Alert type="info" header="Add permission command">
          <AddPermission target={target} sourceArn={sourceArn} sid={sid} />
        </Alert>
      )}
      {target && !isForeign && !draft.role && (
        <Alert type="info">
          API Gateway gets permission to invoke this function when you save: a statement is added to
          the function’s policy.
        </Alert>
      )}
      {isNew && (
        <FormField label="Lambda event payload">
          <RadioGroup
            value={draft.type}
            onChange={({ detail }) => change({ type: detail.value as 'TOKEN' })}
            items={[
              { value: 'TOKEN', label: 'Token', description: 'One header of the request.' },
              { value: 'REQUEST', label: 'Request', description: 'The whole request but its body.' },
            ]}
          />
        </FormField>
      )}
      {draft.type === 'TOKEN' ? (
        <TokenFields draft={draft} change={change} />
      ) : (
        <Sources draft={draft} change={change} />
      )}
    </SpaceBetween>
  );
}

type FieldProps = Pick<AuthorizerFormProps, 'draft' | 'change'>;

function TokenSource({ draft, change }: FieldProps) {
  return (
    <FormField label="Token source" description="The header that carries the token.">
      <Input
        value={draft.tokenSource}
        onChange={({ detail }) => change({ tokenSource: detail.value.trim() })}
      />
    </FormField>
  );
}

function TokenFields({ draft, change }: FieldProps) {
  return (
    <SpaceBetween size="l">
      <TokenSource draft={draft} change={change} />
      <FormField
        label="Token validation – optional"
        description="A regular expression. Tokens that it does not match are refused at once."
      >
        <Input
          value={draft.tokenValidation}
          onChange={({ detail }) => change({ tokenValidation: detail.value })}
        />
      </FormField>
    </SpaceBetween>
  );
}

function Sources({ draft, change }: FieldProps) {
  const { sources } = draft;
  const set = (at: number, part: Partial<Source>) =>
    change({ sources: sources.map((one, index) => (index === at ? { ...one, ...part } : one)) });
  return (
    <AttributeEditor
      items={sources}
      addButtonText="Add parameter"
      removeButtonText="Remove"
      removeButtonAriaLabel={(one) => `Remove ${one.name || 'identity source'}`}
      empty="No identity sources"
      onAddButtonClick={() =>
        change({ sources: [...sources, { place: PLACES[0]?.value ?? '', name: '' }] })
      }
      onRemoveButtonClick={({ detail }) =>
        change({ sources: sources.filter((_, at) => at !== detail.itemIndex) })
      }
      definition={[
        {
          label: 'Identity source type',
          control: (one, at) => (
            <Select
              ariaLabel={`Identity source type ${at + 1}`}
              options={PLACES}
              selectedOption={PLACES.find(({ value }) => value === one.place) ?? null}
              onChange={({ detail }) => set(at, { place: detail.selectedOption.value ?? '' })}
            />
          ),
        },
        {
          label: 'Key',
          control: (one, at) => (
            <Input
              value={one.name}
              ariaLabel={`Key ${at + 1}`}
              onChange={({ detail }) => set(at, { name: detail.value.trim() })}
            />
          ),
        },
      ]}
    />
  );
}

function PoolFields({ draft, change }: AuthorizerFormProps) {
  return (
    <SpaceBetween size="l">
      <FormField stretch label="Cognito user pool" description="ARNs, one a line, of any account.">
        <Textarea
          rows={2}
          value={draft.pools}
          placeholder="arn:aws:cognito-idp:us-east-1:111111111111:userpool/us-east-1_abc"
          onChange={({ detail }) => change({ pools: detail.value })}
        />
      </FormField>
      <TokenFields draft={draft} change={change} />
    </SpaceBetween>
  );
}

function Caching({ draft, change }: FieldProps) {
  return (
    <SpaceBetween size="s">
      <Toggle
        checked={draft.isCaching}
        description="An answer is used again for requests with the same identity."
        onChange={({ detail }) => change({ isCaching: detail.checked })}
      >
        Authorization caching
      </Toggle>
      {draft.isCaching && (
        <FormField label="TTL (seconds)" description="Between 1 and 3,600.">
          <Input
            type="number"
            value={draft.ttlS}
            onChange={({ detail }) => change({ ttlS: detail.value })}
          />
        </FormField>
      )}
    </SpaceBetween>
  );
}
