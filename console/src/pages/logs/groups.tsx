import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { command } from '../../api/cli';
import { groupCreate, groupDelete, groupList, type LogGroup } from '../../api/logs';
import { useData } from '../../data/useData';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { PageLink } from '../../ui/page-link';
import { ResourceTable } from '../../ui/resource-table';
import { bytes, when } from '../../ui/time';

/** The log groups of the account and region. */
export default function Groups() {
  const groups = useData('groups', () => groupList());
  const [isCreating, setCreating] = useState(false);
  const [name, setName] = useState('');
  const [doomed, setDoomed] = useState<LogGroup>();
  return (
    <>
      <ResourceTable
        title="Log groups"
        noun="log group"
        data={groups}
        id={(group) => group.logGroupName}
        selects="single"
        empty="A function’s group is made when it first runs, an API’s when its stage logs."
        cli={(group) =>
          command('logs', 'describe-log-groups', {
            'log-group-name-prefix': group.logGroupName,
          })
        }
        actions={([group]) => (
          <>
            <Button disabled={!group} onClick={() => setDoomed(group)}>
              Delete log group
            </Button>
            <Button variant="primary" onClick={() => setCreating(true)}>
              Create log group
            </Button>
          </>
        )}
        columns={[
          {
            id: 'name',
            header: 'Log group',
            isRowHeader: true,
            cell: (group) => (
              <PageLink to={`/logs/groups/${encodeURIComponent(group.logGroupName)}`}>
                {group.logGroupName}
              </PageLink>
            ),
            sortingField: 'logGroupName',
          },
          {
            id: 'retention',
            header: 'Retention',
            cell: (group) =>
              group.retentionInDays ? `${group.retentionInDays} days` : 'Never expire',
          },
          { id: 'bytes', header: 'Stored bytes', cell: (group) => bytes(group.storedBytes) },
          { id: 'created', header: 'Creation time', cell: (group) => when(group.creationTime) },
        ]}
      />
      {isCreating && (
        <Dialog
          title="Create log group"
          verb="Create"
          isReady={name !== ''}
          run={() => groupCreate(name)}
          onDone={groups.reload}
          onClose={() => setCreating(false)}
          cli={command('logs', 'create-log-group', { 'log-group-name': name })}
        >
          <FormField label="Log group name">
            <Input value={name} onChange={({ detail }) => setName(detail.value)} />
          </FormField>
        </Dialog>
      )}
      {doomed && (
        <DeleteDialog
          what={`log group ${doomed.logGroupName}`}
          cli={command('logs', 'delete-log-group', { 'log-group-name': doomed.logGroupName })}
          run={() => groupDelete(doomed.logGroupName)}
          onDone={groups.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}
