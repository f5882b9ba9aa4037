import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { command } from '../../api/cli';
import {
  keyList,
  planKeyAdd,
  planKeyList,
  planKeyRemove,
  type PlanKey,
  type UsagePlan,
} from '../../api/plans';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { ResourceTable } from '../../ui/resource-table';
import { CreateKey, Value } from './api-keys';

/** The API keys of a plan. */
export function PlanKeys({ plan }: { plan: UsagePlan }) {
  const keys = useData(`plan-keys/${plan.id}`, () => planKeyList(plan.id));
  const flash = useFlash();
  const [dialog, setDialog] = useState('');
  const [doomed, setDoomed] = useState<PlanKey>();
  const close = () => setDialog('');
  return (
    <>
      <ResourceTable
        title="Associated API keys"
        noun="associated API key"
        level="h2"
        data={keys}
        id={(key) => key.id}
        selects="single"
        cli={(key) =>
          command('apigateway', 'get-usage-plan-key', {
            'usage-plan-id': plan.id,
            'key-id': key.id,
          })
        }
        empty={<Button onClick={() => setDialog('new')}>Create and add new key</Button>}
        actions={([key]) => (
          <>
            <Button disabled={!key} onClick={() => setDoomed(key)}>
              Remove
            </Button>
            <Button onClick={() => setDialog('existing')}>Add existing key</Button>
            <Button onClick={() => setDialog('new')}>Create and add new key</Button>
          </>
        )}
        columns={[
          { id: 'name', header: 'Name', cell: (key) => key.name ?? '–', isRowHeader: true },
          { id: 'id', header: 'ID', cell: (key) => key.id },
          { id: 'value', header: 'API key', cell: (key) => <Value id={key.id} /> },
        ]}
      />
      {dialog === 'existing' && (
        <AddKey plan={plan} has={keys.value ?? []} onDone={keys.reload} onClose={close} />
      )}
      {dialog === 'new' && (
        <CreateKey
          onDone={(key) =>
            void planKeyAdd(plan.id, key.id).then(keys.reload, (error: unknown) =>
              flash.failure(error, 'The key was created, but is not in the plan'),
            )
          }
          onClose={close}
        />
      )}
      {doomed && (
        <DeleteDialog
          what={`API key ${doomed.name ?? doomed.id} of the plan`}
          cli={command('apigateway', 'delete-usage-plan-key', {
            'usage-plan-id': plan.id,
            'key-id': doomed.id,
          })}
          run={() => planKeyRemove(plan.id, doomed.id)}
          onDone={keys.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}

interface AddKeyProps {
  plan: UsagePlan;
  has: PlanKey[];
  onDone: () => void;
  onClose: () => void;
}

function AddKey({ plan, has, onDone, onClose }: AddKeyProps) {
  const all = useData('api-keys', keyList);
  const [key, setKey] = useState('');
  const options = (all.value ?? [])
    .filter((one) => !has.some(({ id }) => id === one.id))
    .map((one) => ({ value: one.id, label: one.name ?? one.id, description: one.id }));
  return (
    <Dialog
      title="Add API key"
      verb="Add API key"
      isReady={key !== ''}
      run={() => planKeyAdd(plan.id, key)}
      onDone={onDone}
      onClose={onClose}
      cli={command('apigateway', 'create-usage-plan-key', {
        'usage-plan-id': plan.id,
        'key-id': key,
        'key-type': 'API_KEY',
      })}
    >
      <FormField label="API key">
        <Select
          options={options}
          placeholder="Choose an API key"
          empty="No other API keys"
          statusType={all.isLoading ? 'loading' : 'finished'}
          selectedOption={options.find(({ value }) => value === key) ?? null}
          onChange={({ detail }) => setKey(detail.selectedOption.value ?? '')}
        />
      </FormField>
    </Dialog>
  );
}
