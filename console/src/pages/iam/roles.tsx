import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { roleCreate, roleDelete, roleList, type Role } from '../../api/iam';
import { useIdentity } from '../../data/identity';
import { useData } from '../../data/useData';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { JsonField, jsonError } from '../../ui/json-field';
import { PageLink } from '../../ui/page-link';
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
          {
            id: 'name',
            header: 'Role name',
            isRowHeader: true,
            cell: (role) => (
              <PageLink to={`/iam/roles/${encodeURIComponent(role.RoleName)}`}>
                {role.RoleName}
              </PageLink>
            ),
          },
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
  return (
    <Dialog
      title="Create role"
      verb="Create role"
      size="large"
      isReady={name !== '' && !jsonError(document)}
      run={() => roleCreate(name, document)}
      onDone={onDone}
      onClose={onClose}
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
      <JsonField label="Trust policy" value={document} onChange={setDocument} />
    </Dialog>
  );
}
