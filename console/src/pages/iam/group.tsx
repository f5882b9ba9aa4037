import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useParams } from 'react-router';
import { command } from '../../api/cli';
import { memberAdd, memberRemove, userList, type User } from '../../api/iam';
import { groupGet } from '../../api/iam-groups';
import { useData, type Data } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { Copyable } from '../../ui/copy';
import { Opening } from '../../ui/opening';
import { nameColumn } from '../../ui/name-column';
import { PageTabs } from '../../ui/page-tabs';
import { ResourceTable } from '../../ui/resource-table';
import { when } from '../../ui/time';
import { IdentityPolicies } from './identity-policies';
import { Join } from './join-group';

/** A user group: who is in it, and what they may. */
export default function Group() {
  const { name = '' } = useParams();
  const found = useData(`group/${name}`, () => groupGet(name));
  if (!found.value) return <Opening data={found} />;
  const { group, users } = found.value;
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{name}</Header>
      <Container header={<Header variant="h2">Summary</Header>}>
        <KeyValuePairs
          columns={2}
          items={[
            { label: 'ARN', value: <Copyable text={group.Arn} label="group ARN" /> },
            { label: 'Creation time', value: when(group.CreateDate) },
          ]}
        />
      </Container>
      <PageTabs
        label="User group"
        tabs={[
          {
            id: 'users',
            label: 'Users',
            content: <Members group={name} users={{ ...found, value: users }} />,
          },
          {
            id: 'permissions',
            label: 'Permissions',
            content: <IdentityPolicies kind="Group" name={name} />,
          },
        ]}
      />
    </SpaceBetween>
  );
}

function Members({ group, users }: { group: string; users: Data<User[]> }) {
  const flash = useFlash();
  const [isAdding, setAdding] = useState(false);
  const remove = (user: User) => {
    memberRemove(group, user.UserName).then(() => {
      flash.success(`Removed ${user.UserName} from ${group}.`);
      users.reload();
    }, flash.failure);
  };
  return (
    <>
      <ResourceTable
        title="Users in this group"
        noun="user"
        level="h2"
        data={users}
        id={(user) => user.UserName}
        selects="single"
        cli={() => command('iam', 'get-group', { 'group-name': group })}
        empty="Whoever is added has the group’s permissions at once."
        actions={([user]) => (
          <>
            <Button disabled={!user} onClick={() => user && remove(user)}>
              Remove
            </Button>
            <Button onClick={() => setAdding(true)}>Add users</Button>
          </>
        )}
        columns={[
          nameColumn(
            'User name',
            (user: User) => user.UserName,
            (user) => `/iam/users/${encodeURIComponent(user.UserName)}`,
          ),
          { id: 'created', header: 'Creation time', cell: (user) => when(user.CreateDate) },
        ]}
      />
      {isAdding && (
        <Join
          title={`Add a user to ${group}`}
          label="User"
          load={async () => (await userList()).map((one) => one.UserName)}
          taken={(users.value ?? []).map((one) => one.UserName)}
          cli={(user) =>
            command('iam', 'add-user-to-group', { 'group-name': group, 'user-name': user })
          }
          join={(user) => memberAdd(group, user)}
          onDone={users.reload}
          onClose={() => setAdding(false)}
        />
      )}
    </>
  );
}
