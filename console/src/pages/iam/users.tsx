import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { command } from '../../api/cli';
import { userDelete, userList, type User } from '../../api/iam';
import { useData } from '../../data/useData';
import { Breakable } from '../../ui/breakable';
import { DeleteDialog } from '../../ui/delete-dialog';
import { nameColumn } from '../../ui/name-column';
import { ResourceTable } from '../../ui/resource-table';
import { when } from '../../ui/time';
import { CreateUser } from './create-user';

/** The users of the account. */
export default function Users() {
  const users = useData('users', userList);
  const [isCreating, setCreating] = useState(false);
  const [doomed, setDoomed] = useState<User>();
  return (
    <>
      <ResourceTable
        title="Users"
        noun="user"
        data={users}
        id={(user) => user.UserName}
        selects="single"
        cli={(user) => command('iam', 'get-user', { 'user-name': user.UserName })}
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
          nameColumn(
            'User name',
            (user: User) => user.UserName,
            (user) => `/iam/users/${encodeURIComponent(user.UserName)}`,
          ),
          { id: 'path', header: 'Path', cell: (user) => user.Path },
          { id: 'arn', header: 'ARN', cell: (user) => <Breakable text={user.Arn} /> },
          { id: 'created', header: 'Creation time', cell: (user) => when(user.CreateDate) },
        ]}
      />
      {isCreating && (
        <CreateUser onDone={users.reload} onClose={() => setCreating(false)} />
      )}
      {doomed && (
        <DeleteDialog
          what={`user ${doomed.UserName}`}
          word={doomed.UserName}
          cli={command('iam', 'delete-user', { 'user-name': doomed.UserName })}
          run={() => userDelete(doomed.UserName)}
          onDone={users.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}
