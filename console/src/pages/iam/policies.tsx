import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { command } from '../../api/cli';
import { policyCreate, policyDelete, policyList, type Policy } from '../../api/iam';
import { useData } from '../../data/useData';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { isSavable, PolicyField } from '../../ui/policy-field';
import { PageLink } from '../../ui/page-link';
import { ResourceTable } from '../../ui/resource-table';
import { POLICY_START } from './identity-policies';

const isOurs = (policy: Policy) => !policy.Arn.startsWith('arn:aws:iam::aws:');

/** The policies of the account, and AWS's own. */
export default function Policies() {
  const policies = useData('policies/All', () => policyList('All'));
  const [isCreating, setCreating] = useState(false);
  const [name, setName] = useState('');
  const [document, setDocument] = useState(POLICY_START);
  const [doomed, setDoomed] = useState<Policy>();
  return (
    <>
      <ResourceTable
        title="Policies"
        noun="policy"
        data={policies}
        id={(policy) => policy.PolicyName}
        selects="single"
        cli={(policy) => command('iam', 'get-policy', { 'policy-arn': policy.Arn })}
        actions={([policy]) => (
          <>
            <Button disabled={!policy || !isOurs(policy)} onClick={() => setDoomed(policy)}>
              Delete
            </Button>
            <Button variant="primary" onClick={() => setCreating(true)}>
              Create policy
            </Button>
          </>
        )}
        columns={[
          {
            id: 'name',
            header: 'Policy name',
            isRowHeader: true,
            cell: (policy) => (
              <PageLink to={`/iam/policies/${encodeURIComponent(policy.Arn)}`}>
                {policy.PolicyName}
              </PageLink>
            ),
            sortingField: 'PolicyName',
          },
          {
            id: 'type',
            header: 'Type',
            cell: (policy) => (isOurs(policy) ? 'Customer managed' : 'AWS managed'),
          },
          { id: 'used', header: 'Used as', cell: (policy) => policy.AttachmentCount },
        ]}
      />
      {isCreating && (
        <Dialog
          title="Create policy"
          verb="Create policy"
          size="large"
          isReady={name !== '' && isSavable(document, 'identity')}
          run={() => policyCreate(name, document)}
          onDone={policies.reload}
          onClose={() => setCreating(false)}
          cli={command('iam', 'create-policy', {
            'policy-name': name,
            'policy-document': document,
          })}
        >
          <FormField label="Policy name">
            <Input value={name} onChange={({ detail }) => setName(detail.value)} />
          </FormField>
          <PolicyField
            label="Policy document"
            kind="identity"
            value={document}
            onChange={setDocument}
          />
        </Dialog>
      )}
      {doomed && (
        <DeleteDialog
          what={`policy ${doomed.PolicyName}`}
          word={doomed.PolicyName}
          cli={command('iam', 'delete-policy', { 'policy-arn': doomed.Arn })}
          run={() => policyDelete(doomed.Arn)}
          onDone={policies.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}
