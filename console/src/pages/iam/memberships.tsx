import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { command } from '../../api/cli';
import { groupsOf, memberAdd, memberRemove, type Group } from '../../api/iam';
import { groupList } from '../../api/iam-groups';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { Breakable } from '../../ui/breakable';
import { nameColumn } from '../../ui/name-column';
import { ResourceTable } from '../../ui/resource-table';
import { Join } from './join-group';

/** The groups that a user is in. */
export function Memberships({ user }: { user: string }) {
  const flash = useFlash();
  const groups = useData(`groups-of/${user}`, () => groupsOf(user));
  const [isAdding, setAdding] = useState(false);
  const remove = (group: Group) => {
    memberRemove(group.GroupName, user).then(() => {
      flash.success(`Removed ${user} from ${group.GroupName}.`);
      groups.reload();
    }, flash.failure);
  };
  return (
    <>
      <ResourceTable
        title="User groups membership"
        noun="user group"
        level="h2"
        data={groups}
        id={(group) => group.GroupName}
        selects="single"
        cli={() => command('iam', 'list-groups-for-user', { 'user-name': user })}
        empty="A group’s policies hold for its users."
        actions={([group]) => (
          <>
            <Button disabled={!group} onClick={() => group && remove(group)}>
              Remove
            </Button>
            <Button onClick={() => setAdding(true)}>Add user to group</Button>
          </>
        )}
        columns={[
          nameColumn(
            'Group name',
            (group: Group) => group.GroupName,
            (group) => `/iam/groups/${encodeURIComponent(group.GroupName)}`,
          ),
          { id: 'arn', header: 'ARN', cell: (group) => <Breakable text={group.Arn} /> },
        ]}
      />
      {isAdding && (
        <Join
          title={`Add ${user} to a group`}
          label="Group"
          load={async () => (await groupList()).map((one) => one.GroupName)}
          taken={(groups.value ?? []).map((one) => one.GroupName)}
          cli={(group) =>
            command('iam', 'add-user-to-group', { 'group-name': group, 'user-name': user })
          }
          join={(group) => memberAdd(group, user)}
          onDone={groups.reload}
          onClose={() => setAdding(false)}
        />
      )}
    </>
  );
}
