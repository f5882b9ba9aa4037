import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { command } from '../../api/cli';
import {
  accessKeyCreate,
  accessKeyDelete,
  accessKeyList,
  accessKeyUpdate,
  type AccessKey,
} from '../../api/iam';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { Copyable } from '../../ui/copy';
import { DeleteDialog } from '../../ui/delete-dialog';
import { ResourceTable } from '../../ui/resource-table';
import { when } from '../../ui/time';

/** A user's access keys, two at most. */
export function AccessKeys({ user }: { user: string }) {
  const keys = useData(`keys/${user}`, () => accessKeyList(user));
  const flash = useFlash();
  const [made, setMade] = useState<{ id: string; secret: string }>();
  const [doomed, setDoomed] = useState<AccessKey>();
  const create = () => {
    accessKeyCreate(user).then((key) => {
      setMade(key);
      keys.reload();
    }, flash.failure);
  };
  const toggle = (key: AccessKey) => {
    const status = key.Status === 'Active' ? 'Inactive' : 'Active';
    accessKeyUpdate(user, key.AccessKeyId, status).then(keys.reload, flash.failure);
  };
  return (
    <SpaceBetween size="l">
      {made && (
        <Alert
          type="success"
          header="Retrieve access keys"
          dismissible
          dismissAriaLabel="Done"
          onDismiss={() => setMade(undefined)}
        >
          <SpaceBetween size="s">
            This is the only time that the secret access key can be seen.
            <KeyValuePairs
              columns={1}
              items={[
                { label: 'Access key', value: <Copyable text={made.id} label="access key" /> },
                {
                  label: 'Secret access key',
                  value: <Copyable text={made.secret} label="secret access key" />,
                },
              ]}
            />
          </SpaceBetween>
        </Alert>
      )}
      <ResourceTable
        title="Access keys"
        noun="access key"
        level="h2"
        data={keys}
        id={(key) => key.AccessKeyId}
        selects="single"
        cli={(key) =>
          command('iam', 'get-access-key-last-used', { 'access-key-id': key.AccessKeyId })
        }
        actions={([key]) => (
          <>
            <Button disabled={!key} onClick={() => key && toggle(key)}>
              {key?.Status === 'Inactive' ? 'Activate' : 'Deactivate'}
            </Button>
            <Button disabled={!key || key.Status === 'Active'} onClick={() => setDoomed(key)}>
              Delete
            </Button>
            <Button disabled={(keys.value?.length ?? 0) >= 2} onClick={create}>
              Create access key
            </Button>
          </>
        )}
        columns={[
          { id: 'id', header: 'Access key ID', cell: (key) => key.AccessKeyId, isRowHeader: true },
          { id: 'status', header: 'Status', cell: (key) => key.Status },
          { id: 'created', header: 'Created', cell: (key) => when(key.CreateDate) },
        ]}
      />
      {doomed && (
        <DeleteDialog
          what={`access key ${doomed.AccessKeyId}`}
          word={doomed.AccessKeyId}
          cli={command('iam', 'delete-access-key', {
            'user-name': user,
            'access-key-id': doomed.AccessKeyId,
          })}
          run={() => accessKeyDelete(user, doomed.AccessKeyId)}
          onDone={keys.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </SpaceBetween>
  );
}
