import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Multiselect from '@cloudscape-design/components/multiselect';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { ALGORITHMS, NEW_ISSUER, type ClaimDraft, type IssuerDraft } from './jwt-draft';

/** Issuers of one authorizer (CreateAuthorizer). */
const ISSUERS_MAX = 10;

interface JwtFieldsProps {
  issuers: IssuerDraft[];
  algorithms: string[];
  change: (part: { issuers?: IssuerDraft[]; algorithms?: string[] }) => void;
}

/** Whose tokens a JWT authorizer believes, and what they must say. */
export function JwtFields({ issuers, algorithms, change }: JwtFieldsProps) {
  const set = (at: number, part: Partial<IssuerDraft>) =>
    change({ issuers: issuers.map((one, index) => (index === at ? { ...one, ...part } : one)) });
  const options = ALGORITHMS.map((value) => ({ value, label: value }));
  return (
    <SpaceBetween size="l">
      <FormField label="Signing algorithms" description="Which signatures are accepted, of every issuer.">
        <Multiselect
          placeholder="Choose algorithms"
          options={options}
          selectedOptions={options.filter(({ value }) => algorithms.includes(value))}
          onChange={({ detail }) =>
            change({ algorithms: detail.selectedOptions.map(({ value }) => value ?? '') })
          }
        />
      </FormField>
      {issuers.map((one, at) => (
        <Container
          key={at}
          header={
            <Header
              variant="h3"
              actions={
                <Button
                  disabled={issuers.length === 1}
                  ariaLabel={`Remove issuer ${at + 1}`}
                  onClick={() => change({ issuers: issuers.filter((_, index) => index !== at) })}
                >
                  Remove
                </Button>
              }
            >
              {`Issuer ${at + 1}`}
            </Header>
          }
        >
          <Issuer issuer={one} change={(part) => set(at, part)} />
        </Container>
      ))}
      <Button
        disabled={issuers.length >= ISSUERS_MAX}
        onClick={() => change({ issuers: [...issuers, NEW_ISSUER] })}
      >
        Add issuer
      </Button>
    </SpaceBetween>
  );
}

interface IssuerProps {
  issuer: IssuerDraft;
  change: (part: Partial<IssuerDraft>) => void;
}

function Issuer({ issuer, change }: IssuerProps) {
  return (
    <SpaceBetween size="m">
      <FormField
        stretch
        label="Issuer URL"
        description="Exactly as the tokens have it under iss. Its discovery document is read when you save."
      >
        <Input
          value={issuer.url}
          placeholder="https://cognito-idp.us-east-1.amazonaws.com/us-east-1_abc"
          onChange={({ detail }) => change({ url: detail.value.trim() })}
        />
      </FormField>
      <FormField stretch label="Audiences" description="One a line. A token must name one under aud.">
        <Textarea
          rows={2}
          value={issuer.audiences}
          onChange={({ detail }) => change({ audiences: detail.value })}
        />
      </FormField>
      <Claims claims={issuer.claims} onChange={(claims) => change({ claims })} />
    </SpaceBetween>
  );
}

interface ClaimsProps {
  claims: ClaimDraft[];
  onChange: (claims: ClaimDraft[]) => void;
}

function Claims({ claims, onChange }: ClaimsProps) {
  const set = (at: number, part: Partial<ClaimDraft>) =>
    onChange(claims.map((one, index) => (index === at ? { ...one, ...part } : one)));
  return (
    <AttributeEditor
      items={claims}
      addButtonText="Add claim"
      removeButtonText="Remove"
      removeButtonAriaLabel={(one) => `Remove claim ${one.name}`}
      empty="No additional claims"
      onAddButtonClick={() => onChange([...claims, { name: '', isRequired: true, values: '' }])}
      onRemoveButtonClick={({ detail }) =>
        onChange(claims.filter((_, at) => at !== detail.itemIndex))
      }
      definition={[
        {
          label: 'Claim name',
          control: (one, at) => (
            <Input
              value={one.name}
              ariaLabel={`Claim name ${at + 1}`}
              onChange={({ detail }) => set(at, { name: detail.value.trim() })}
            />
          ),
        },
        {
          label: 'Values, one a line',
          control: (one, at) => (
            <Textarea
              rows={1}
              value={one.values}
              placeholder="Any value"
              ariaLabel={`Expected values ${at + 1}`}
              onChange={({ detail }) => set(at, { values: detail.value })}
            />
          ),
        },
        {
          label: 'Required',
          control: (one, at) => (
            <Checkbox
              checked={one.isRequired}
              ariaLabel={`Required: ${one.name || `claim ${at + 1}`}`}
              onChange={({ detail }) => set(at, { isRequired: detail.checked })}
            />
          ),
        },
      ]}
    />
  );
}
