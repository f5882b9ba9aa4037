import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import { command } from '../../api/cli';
import { keyCreate, keyDelete, keyGet, keyList, keyUpdate, type ApiKey } from '../../api/plans';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { Copyable } from '../../ui/copy';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { ResourceTable } from '../../ui/resource-table';
import { when } from '../../ui/time';

/** `API keys`: what callers send in `x-api-key`, where a method asks for it. */
export default function ApiKeys() {
  const keys = useData('api-keys', keyList);
  const flash = useFlash();
  const [isCreating, setCreating] = useState(false);
  const [doomed, setDoomed] = useState<ApiKey>();
  const toggle = (key: ApiKey) =>
    keyUpdate(key.id, [{ op: 'replace', path: '/enabled', value: String(!key.enabled) }]).then(
      keys.reload,
      (error: unknown) => flash.failure(error, `Could not change API key ${key.name ?? key.id}`),
    );
  return (
    <>
      <ResourceTable
        title="API keys"
        noun="API key"
        data={keys}
        id={(key) => key.id}
        selects="single"
        description="A key counts and is let in by the usage plans that it belongs to."
        empty={<Button onClick={() => setCreating(true)}>Create API key</Button>}
        cli={(key) => command('apigateway', 'get-api-key', { 'api-key': key.id, 'include-value': true })}
        actions={([key]) => (
          <>
            <Button disabled={!key} onClick={() => key && void toggle(key)}>
              {key && !key.enabled ? 'Activate' : 'Deactivate'}
            </Button>
            <Button disabled={!key} onClick={() => setDoomed(key)}>
              Delete
            </Button>
            <Button variant="primary" onClick={() => setCreating(true)}>
              Create API key
            </Button>
          </>
        )}
        columns={[
          { id: 'name', header: 'Name', cell: (key) => key.name ?? '–', isRowHeader: true },
          { id: 'id', header: 'ID', cell: (key) => key.id },
          { id: 'value', header: 'API key', cell: (key) => <Value id={key.id} /> },
          {
            id: 'status',
            header: 'Status',
            cell: (key) => (
              <StatusIndicator type={key.enabled ? 'success' : 'stopped'} wrapText={false}>
                {key.enabled ? 'Active' : 'Inactive'}
              </StatusIndicator>
            ),
          },
          { id: 'created', header: 'Created', cell: (key) => when(key.createdDate) },
        ]}
      />
      {isCreating && (
        <CreateKey
          onDone={() => keys.reload()}
          onClose={() => setCreating(false)}
        />
      )}
      {doomed && (
        <DeleteDialog
          what={`API key ${doomed.name ?? doomed.id}`}
          word="confirm"
          cli={command('apigateway', 'delete-api-key', { 'api-key': doomed.id })}
          run={() => keyDelete(doomed.id)}
          onDone={keys.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}

/** A key's value, read and shown only when somebody asks for it. */
export function Value({ id }: { id: string }) {
  const [value, setValue] = useState<string>();
  const flash = useFlash();
  const show = () =>
    keyGet(id).then(
      (key) => setValue(key.value ?? ''),
      (error: unknown) => flash.failure(error, 'Could not read the API key'),
    );
  if (value !== undefined) return <Copyable text={value} label="API key" />;
  return (
    <Button
      variant="inline-link"
      wrapText={false}
      ariaLabel={`Show API key ${id}`}
      onClick={() => void show()}
    >
      Show
    </Button>
  );
}

interface CreateKeyProps {
  onDone: (key: ApiKey) => void;
  onClose: () => void;
}

/** `Create API key`, also where a usage plan gets a new one. */
export function CreateKey({ onDone, onClose }: CreateKeyProps) {
  const flash = useFlash();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [kind, setKind] = useState('auto');
  const [value, setValue] = useState('');
  const run = async () => {
    const made = await keyCreate({
      name,
      enabled: true,
      ...(description ? { description } : {}),
      ...(kind === 'custom' ? { value } : {}),
    });
    flash.success(`Successfully created API key '${name}'.`);
    onDone(made);
  };
  return (
    <Dialog
      title="Create API key"
      verb="Save"
      isReady={name !== '' && (kind === 'auto' || value !== '')}
      run={run}
      onClose={onClose}
      cli={command('apigateway', 'create-api-key', {
        name,
        description,
        enabled: true,
        value: kind === 'custom' ? value : undefined,
      })}
    >
      <FormField label="Name">
        <Input value={name} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <FormField label="Description – optional">
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
      <FormField label="API key">
        <RadioGroup
          value={kind}
          onChange={({ detail }) => setKind(detail.value)}
          items={[
            { value: 'auto', label: 'Auto generate' },
            { value: 'custom', label: 'Custom' },
          ]}
        />
      </FormField>
      {kind === 'custom' && (
        <FormField label="Value" description="Between 20 and 128 characters.">
          <Input value={value} onChange={({ detail }) => setValue(detail.value.trim())} />
        </FormField>
      )}
    </Dialog>
  );
}
