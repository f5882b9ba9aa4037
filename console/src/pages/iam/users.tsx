import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { userCreate, userDelete, userList, type User } from '../../api/iam';
import { useData } from '../../data/useData';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { PageLink } from '../../ui/page-link';
import { ResourceTable } from '../../ui/resource-table';
import { when } from '../../ui/time';

/** The users of the account. */
export default function Users() {
  const users = useData('users', userList);
  const [isCreating, setCreating] = useState(false);
  const [name, setName] = useState('');
  const [doomed, setDoomed] = useState<User>();
  return (
    <>
      <ResourceTable
        title="Users"
        noun="user"
        data={users}
        id={(user) => user.UserName}
        selects="single"
        actions={([user]) => (
          <>
            <Button disabled={!user} onClick={() => setDoomed(user)}>
              Delete
            </Button>
            <Button variant="primary" onClick={() => setCreating(true)}>
              Create user
            </Button>
          </>
        )}
        columns={[
          {
            id: 'name',
            header: 'User name',
            isRowHeader: true,
            cell: (user) => (
              <PageLink to={`/iam/users/${encodeURIComponent(user.UserName)}`}>
                {user.UserName}
              </PageLink>
            ),
          },
          { id: 'path', header: 'Path', cell: (user) => user.Path },
          { id: 'arn', header: 'ARN', cell: (user) => user.Arn },
          { id: 'created', header: 'Creation time', cell: (user) => when(user.CreateDate) },
        ]}
      />
      {isCreating && (
        <Dialog
          title="Create user"
          verb="Create user"
          isReady={name !== ''}
          run={() => userCreate(name)}
          onDone={users.reload}
          onClose={() => setCreating(false)}
        >
          <FormField label="User name">
            <Input value={name} onChange={({ detail }) => setName(detail.value)} />
          </FormField>
        </Dialog>
      )}
      {doomed && (
        <DeleteDialog
          what={`user ${doomed.UserName}`}
          word={doomed.UserName}
          run={() => userDelete(doomed.UserName)}
          onDone={users.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}
