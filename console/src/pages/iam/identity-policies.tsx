import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { command } from '../../api/cli';
import * as iam from '../../api/iam';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { CodeBlock } from '../../ui/code-block';
import { Breakable } from '../../ui/breakable';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { isSavable, PolicyField } from '../../ui/policy-field';
import { nameColumn } from '../../ui/name-column';
import { ResourceTable } from '../../ui/resource-table';

export const POLICY_START = JSON.stringify(
  { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['apigateway:GET'], Resource: '*' }] },
  null,
  2,
);

interface IdentityPoliciesProps {
  kind: iam.Identity;
  name: string;
}

/** The permissions policies of a user, group or role. */
export function IdentityPolicies({ kind, name }: IdentityPoliciesProps) {
  const data = useData(`policies/${kind}/${name}`, () => iam.policiesOf(kind, name));
  const flash = useFlash();
  const [dialog, setDialog] = useState('');
  const [edited, setEdited] = useState<{ name: string; document: string }>();
  const [doomed, setDoomed] = useState<string>();
  const attached = { ...data, value: data.value?.attached };
  const remove = (policy: iam.Attached) => {
    iam.detach(kind, name, policy.PolicyArn).then(() => {
      flash.success(`Detached ${policy.PolicyName}.`);
      data.reload();
    }, flash.failure);
  };
  return (
    <SpaceBetween size="l">
      <ResourceTable
        title="Permissions policies"
        noun="attached policy"
        level="h2"
        data={attached}
        id={(policy) => policy.PolicyName}
        selects="single"
        empty="What no policy allows is denied."
        cli={(policy) => command('iam', 'get-policy', { 'policy-arn': policy.PolicyArn })}
        actions={([policy]) => (
          <>
            <Button disabled={!policy} onClick={() => policy && remove(policy)}>
              Remove
            </Button>
            <Button onClick={() => setDialog('attach')}>Attach policies</Button>
            <Button onClick={() => setDialog('inline')}>Create inline policy</Button>
          </>
        )}
        columns={[
          nameColumn(
            'Policy name',
            (policy: iam.Attached) => policy.PolicyName,
            (policy) => `/iam/policies/${encodeURIComponent(policy.PolicyArn)}`,
          ),
          { id: 'arn', header: 'ARN', cell: (policy) => <Breakable text={policy.PolicyArn} /> },
        ]}
      />
      {data.value?.inline.map((policy) => (
        <ExpandableSection
          key={policy.name}
          variant="container"
          headerText={policy.name}
          headerDescription="Inline policy"
          headerActions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button ariaLabel={`Delete ${policy.name}`} onClick={() => setDoomed(policy.name)}>
                Delete
              </Button>
              <Button ariaLabel={`Edit ${policy.name}`} onClick={() => setEdited(policy)}>
                Edit
              </Button>
            </SpaceBetween>
          }
        >
          <CodeBlock text={policy.document} label={`policy ${policy.name}`} />
        </ExpandableSection>
      ))}
      {dialog === 'attach' && (
        <Attach kind={kind} name={name} onDone={data.reload} onClose={() => setDialog('')} />
      )}
      {edited && (
        <Inline
          kind={kind}
          name={name}
          before={edited}
          onDone={data.reload}
          onClose={() => setEdited(undefined)}
        />
      )}
      {doomed !== undefined && (
        <DeleteDialog
          what={`inline policy ${doomed}`}
          cli={command('iam', `delete-${kind.toLowerCase()}-policy`, {
            [`${kind.toLowerCase()}-name`]: name,
            'policy-name': doomed,
          })}
          run={() => iam.inlineDelete(kind, name, doomed)}
          onDone={data.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
      {dialog === 'inline' && (
        <Inline kind={kind} name={name} onDone={data.reload} onClose={() => setDialog('')} />
      )}
    </SpaceBetween>
  );
}

interface PolicyDialogProps extends IdentityPoliciesProps {
  onDone: () => void;
  onClose: () => void;
}

function Attach({ kind, name, onDone, onClose }: PolicyDialogProps) {
  const policies = useData('policies/All', () => iam.policyList('All'));
  const [arn, setArn] = useState('');
  const options = (policies.value ?? []).map((one) => ({ value: one.Arn, label: one.PolicyName }));
  return (
    <Dialog
      title="Attach policy"
      verb="Add permissions"
      cli={command('iam', `attach-${kind.toLowerCase()}-policy`, {
        [`${kind.toLowerCase()}-name`]: name,
        'policy-arn': arn,
      })}
      isReady={arn !== ''}
      run={() => iam.attach(kind, name, arn)}
      onDone={onDone}
      onClose={onClose}
    >
      <FormField label="Policy">
        <Select
          filteringType="auto"
          placeholder="Choose a policy"
          options={options}
          statusType={policies.isLoading ? 'loading' : 'finished'}
          selectedOption={options.find((one) => one.value === arn) ?? null}
          onChange={({ detail }) => setArn(detail.selectedOption.value ?? '')}
        />
      </FormField>
    </Dialog>
  );
}

interface InlineProps extends PolicyDialogProps {
  /** None creates one. */
  before?: { name: string; document: string } | undefined;
}

function Inline({ kind, name, before, onDone, onClose }: InlineProps) {
  const [policy, setPolicy] = useState(before?.name ?? '');
  const [document, setDocument] = useState(before?.document ?? POLICY_START);
  return (
    <Dialog
      title={before ? `Edit inline policy ${before.name}` : 'Create inline policy'}
      verb={before ? 'Save changes' : 'Create policy'}
      cli={command('iam', `put-${kind.toLowerCase()}-policy`, {
        [`${kind.toLowerCase()}-name`]: name,
        'policy-name': policy,
        'policy-document': document,
      })}
      size="large"
      isReady={policy !== '' && isSavable(document, 'identity')}
      run={() => iam.inlinePut(kind, name, policy, document)}
      onDone={onDone}
      onClose={onClose}
    >
      <FormField label="Policy name">
        <Input
          value={policy}
          disabled={before !== undefined}
          onChange={({ detail }) => setPolicy(detail.value)}
        />
      </FormField>
      <PolicyField
        label="Policy document"
        kind="identity"
        value={document}
        onChange={setDocument}
      />
    </Dialog>
  );
}
