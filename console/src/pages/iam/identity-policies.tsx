import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import * as iam from '../../api/iam';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { CodeBlock } from '../../ui/code-block';
import { Dialog } from '../../ui/dialog';
import { JsonField, jsonError } from '../../ui/json-field';
import { PageLink } from '../../ui/page-link';
import { ResourceTable } from '../../ui/resource-table';

export const POLICY_START = JSON.stringify(
  { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: [], Resource: '*' }] },
  null,
  2,
);

interface IdentityPoliciesProps {
  kind: 'User' | 'Role';
  name: string;
}

/** The permissions policies of a user or role. */
export function IdentityPolicies({ kind, name }: IdentityPoliciesProps) {
  const data = useData(`policies/${kind}/${name}`, () => iam.policiesOf(kind, name));
  const flash = useFlash();
  const [dialog, setDialog] = useState('');
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
        id={(policy) => policy.PolicyArn}
        selects="single"
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
          {
            id: 'name',
            header: 'Policy name',
            isRowHeader: true,
            cell: (policy) => (
              <PageLink to={`/iam/policies/${encodeURIComponent(policy.PolicyArn)}`}>
                {policy.PolicyName}
              </PageLink>
            ),
          },
          { id: 'arn', header: 'ARN', cell: (policy) => policy.PolicyArn },
        ]}
      />
      {data.value?.inline.map((policy) => (
        <ExpandableSection
          key={policy.name}
          variant="container"
          headerText={policy.name}
          headerDescription="Inline policy"
        >
          <CodeBlock text={policy.document} label={`policy ${policy.name}`} />
        </ExpandableSection>
      ))}
      {dialog === 'attach' && (
        <Attach kind={kind} name={name} onDone={data.reload} onClose={() => setDialog('')} />
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

function Inline({ kind, name, onDone, onClose }: PolicyDialogProps) {
  const [policy, setPolicy] = useState('');
  const [document, setDocument] = useState(POLICY_START);
  return (
    <Dialog
      title="Create inline policy"
      verb="Create policy"
      size="large"
      isReady={policy !== '' && !jsonError(document)}
      run={() => iam.inlinePut(kind, name, policy, document)}
      onDone={onDone}
      onClose={onClose}
    >
      <FormField label="Policy name">
        <Input value={policy} onChange={({ detail }) => setPolicy(detail.value)} />
      </FormField>
      <JsonField label="Policy document" value={document} onChange={setDocument} />
    </Dialog>
  );
}
