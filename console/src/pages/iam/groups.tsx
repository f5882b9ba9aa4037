import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { command } from '../../api/cli';
import type { Group } from '../../api/iam';
import { groupCreate, groupDelete, groupList } from '../../api/iam-groups';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { Breakable } from '../../ui/breakable';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { nameColumn } from '../../ui/name-column';
import { ResourceTable } from '../../ui/resource-table';
import { when } from '../../ui/time';

/** The user groups of the account. */
export default function Groups() {
  const groups = useData('groups', groupList);
  const [isCreating, setCreating] = useState(false);
  const [doomed, setDoomed] = useState<Group>();
  return (
    <>
      <ResourceTable
        title="User groups"
        noun="user group"
        description="Users of a group have its policies beside their own."
        data={groups}
        id={(group) => group.GroupName}
        selects="single"
        cli={(group) => command('iam', 'get-group', { 'group-name': group.GroupName })}
        empty="With a group, several users get their permissions in one place."
        actions={([group]) => (
          <>
            <Button disabled={!group} onClick={() => setDoomed(group)}>
              Delete
            </Button>
            <Button variant="primary" onClick={() => setCreating(true)}>
              Create group
            </Button>
          </>
        )}
        columns={[
          nameColumn(
            'Group name',
            (group: Group) => group.GroupName,
            (group) => `/iam/groups/${encodeURIComponent(group.GroupName)}`,
          ),
          { id: 'path', header: 'Path', cell: (group) => group.Path },
          { id: 'arn', header: 'ARN', cell: (group) => <Breakable text={group.Arn} /> },
          { id: 'created', header: 'Creation time', cell: (group) => when(group.CreateDate) },
        ]}
      />
      {isCreating && <Create onDone={groups.reload} onClose={() => setCreating(false)} />}
      {doomed && (
        <DeleteDialog
          what={`user group ${doomed.GroupName}`}
          word={doomed.GroupName}
          cli={command('iam', 'delete-group', { 'group-name': doomed.GroupName })}
          run={() => groupDelete(doomed.GroupName)}
          onDone={groups.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}

function Create({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const flash = useFlash();
  const [name, setName] = useState('');
  const run = async () => {
    await groupCreate(name);
    flash.success(`Created user group ${name}. Add users and attach policies on its page.`);
  };
  return (
    <Dialog
      title="Create user group"
      verb="Create user group"
      isReady={name !== ''}
      run={run}
      onDone={onDone}
      onClose={onClose}
      cli={command('iam', 'create-group', { 'group-name': name })}
    >
      <FormField
        label="User group name"
        description="Letters, digits and any of +=,.@-_; up to 128."
      >
        <Input value={name} onChange={({ detail }) => setName(detail.value.trim())} />
      </FormField>
    </Dialog>
  );
}
