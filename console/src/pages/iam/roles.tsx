import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { command } from '../../api/cli';
import { attach, policyList, roleCreate, roleDelete, roleList, type Role } from '../../api/iam';
import { useIdentity } from '../../data/identity';
import { useData } from '../../data/useData';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { isSavable, PolicyField } from '../../ui/policy-field';
import { nameColumn } from '../../ui/name-column';
import { ResourceTable } from '../../ui/resource-table';
import { when } from '../../ui/time';

/** Whom a trust policy names. */
export function trusted(role: Role): string {
  try {
    const document = JSON.parse(decodeURIComponent(role.AssumeRolePolicyDocument)) as {
      Statement: Array<{ Principal?: Record<string, string | string[]> | string }>;
    };
    const principals = document.Statement.flatMap((one) =>
      typeof one.Principal === 'string' ? [one.Principal] : Object.values(one.Principal ?? {}).flat(),
    );
    return principals.join(', ');
  } catch {
    return '–';
  }
}

/** The roles of the account. */
export default function Roles() {
  const roles = useData('roles', roleList);
  const [isCreating, setCreating] = useState(false);
  const [doomed, setDoomed] = useState<Role>();
  return (
    <>
      <ResourceTable
        title="Roles"
        noun="role"
        data={roles}
        id={(role) => role.RoleName}
        selects="single"
        cli={(role) => command('iam', 'get-role', { 'role-name': role.RoleName })}
        actions={([role]) => (
          <>
            <Button disabled={!role} onClick={() => setDoomed(role)}>
              Delete
            </Button>
            <Button variant="primary" onClick={() => setCreating(true)}>
              Create role
            </Button>
          </>
        )}
        columns={[
          nameColumn(
            'Role name',
            (role: Role) => role.RoleName,
            (role) => `/iam/roles/${encodeURIComponent(role.RoleName)}`,
          ),
          { id: 'trusted', header: 'Trusted entities', cell: trusted },
          { id: 'path', header: 'Path', cell: (role) => role.Path },
          { id: 'created', header: 'Creation time', cell: (role) => when(role.CreateDate) },
        ]}
      />
      {isCreating && (
        <CreateRole onDone={roles.reload} onClose={() => setCreating(false)} />
      )}
      {doomed && (
        <DeleteDialog
          what={`role ${doomed.RoleName}`}
          word={doomed.RoleName}
          cli={command('iam', 'delete-role', { 'role-name': doomed.RoleName })}
          run={() => roleDelete(doomed.RoleName)}
          onDone={roles.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}

const trust = (principal: Record<string, string>) =>
  JSON.stringify(
    {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
    },
    null,
    2,
  );

function CreateRole({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const who = useIdentity();
  const kinds = [
    { value: trust({ Service: 'lambda.amazonaws.com' }), label: 'AWS service: Lambda' },
    { value: trust({ Service: 'apigateway.amazonaws.com' }), label: 'AWS service: API Gateway' },
    { value: trust({ AWS: `arn:aws:iam::${who.account}:root` }), label: 'AWS account: this one' },
  ];
  const [name, setName] = useState('');
  const [document, setDocument] = useState(kinds[0]?.value ?? '');
  const [policy, setPolicy] = useState('');
  const policies = useData('policies/All', () => policyList('All'));
  const options = (policies.value ?? []).map((one) => ({ value: one.Arn, label: one.PolicyName }));
  const run = async () => {
    await roleCreate(name, document);
    if (policy) await attach('Role', name, policy);
  };
  return (
    <Dialog
      title="Create role"
      verb="Create role"
      size="large"
      isReady={name !== '' && isSavable(document, 'trust')}
      run={run}
      onDone={onDone}
      onClose={onClose}
      cli={command('iam', 'create-role', {
        'role-name': name,
        'assume-role-policy-document': document,
      })}
    >
      <FormField label="Role name">
        <Input value={name} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <FormField label="Trusted entity type">
        <Select
          options={kinds}
          selectedOption={
            kinds.find((one) => one.value === document) ?? {
              value: document,
              label: 'Custom trust policy',
            }
          }
          onChange={({ detail }) => setDocument(detail.selectedOption.value ?? '')}
        />
      </FormField>
      <PolicyField label="Trust policy" kind="trust" value={document} onChange={setDocument} />
      <FormField label="Permissions policy – optional">
        <Select
          filteringType="auto"
          placeholder="Choose a policy"
          options={options}
          statusType={policies.isLoading ? 'loading' : 'finished'}
          selectedOption={options.find(({ value }) => value === policy) ?? null}
          onChange={({ detail }) => setPolicy(detail.selectedOption.value ?? '')}
        />
      </FormField>
    </Dialog>
  );
}
