import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { useEffect, useState } from 'react';
import { command } from '../../api/cli';
import { aliasList, versionList } from '../../api/lambda';
import {
  provisionedDelete,
  provisionedList,
  provisionedPut,
  type Provisioned,
} from '../../api/lambda-settings';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { ResourceTable } from '../../ui/resource-table';
import { Status } from '../../ui/status';

const qualifierOf = (one: Provisioned): string => one.FunctionArn.split(':').pop() ?? '';

const POLL_MS = 2_000;

/** `Provisioned concurrency configurations`: workers that are initialised before anybody calls. */
export function ProvisionedConcurrency({ name }: { name: string }) {
  const data = useData(`provisioned/${name}`, () => provisionedList(name));
  const [edited, setEdited] = useState<{ config?: Provisioned | undefined }>();
  const [doomed, setDoomed] = useState<Provisioned>();
  const isMoving = data.value?.some((one) => one.Status === 'IN_PROGRESS') ?? false;
  // Initialising takes a while; the page follows until it is done.
  useEffect(() => {
    if (!isMoving) return;
    const timer = setTimeout(data.reload, POLL_MS);
    return () => clearTimeout(timer);
  });
  return (
    <>
      <ResourceTable
        title="Provisioned concurrency configurations"
        noun="configuration"
        level="h2"
        description="Executions of a version or an alias that are initialised before they are called."
        data={data}
        id={qualifierOf}
        selects="single"
        empty="With a configuration, a version or an alias answers without a cold start."
        cli={(one) =>
          command('lambda', 'get-provisioned-concurrency-config', {
            'function-name': name,
            qualifier: qualifierOf(one),
          })
        }
        actions={([one]) => (
          <>
            <Button disabled={!one} onClick={() => setDoomed(one)}>
              Remove
            </Button>
            <Button disabled={!one} onClick={() => setEdited({ config: one })}>
              Edit
            </Button>
            <Button disabled={!data.value} onClick={() => setEdited({})}>
              Add configuration
            </Button>
          </>
        )}
        columns={[
          { id: 'qualifier', header: 'Qualifier', cell: qualifierOf, isRowHeader: true },
          {
            id: 'requested',
            header: 'Requested',
            cell: (one) => one.RequestedProvisionedConcurrentExecutions,
          },
          {
            id: 'available',
            header: 'Available',
            cell: (one) => one.AvailableProvisionedConcurrentExecutions,
          },
          { id: 'status', header: 'Status', cell: statusOf },
        ]}
      />
      {edited && (
        <EditProvisioned
          name={name}
          config={edited.config}
          onDone={data.reload}
          onClose={() => setEdited(undefined)}
        />
      )}
      {doomed && (
        <DeleteDialog
          what={`provisioned concurrency of ${qualifierOf(doomed)}`}
          cli={command('lambda', 'delete-provisioned-concurrency-config', {
            'function-name': name,
            qualifier: qualifierOf(doomed),
          })}
          run={() => provisionedDelete(name, qualifierOf(doomed))}
          onDone={data.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}

function statusOf({ Status: status, StatusReason: reason }: Provisioned) {
  if (status === 'READY') return <Status type="success" text="Ready" />;
  if (status === 'IN_PROGRESS') return <Status type="loading" text="In progress" />;
  return <Status type="error" text={reason ? `Failed: ${reason}` : 'Failed'} />;
}

interface EditProvisionedProps {
  name: string;
  /** None adds one. */
  config: Provisioned | undefined;
  onDone: () => void;
  onClose: () => void;
}

function EditProvisioned({ name, config, onDone, onClose }: EditProvisionedProps) {
  const flash = useFlash();
  const [qualifier, setQualifier] = useState(config ? qualifierOf(config) : '');
  const [count, setCount] = useState(String(config?.RequestedProvisionedConcurrentExecutions ?? 1));
  const choices = useData(`qualifiers/${name}`, async () => {
    const [aliases, versions] = await Promise.all([aliasList(name), versionList(name)]);
    return [
      ...aliases.Aliases.map((one) => ({ value: one.Name, label: `Alias ${one.Name}` })),
      ...versions.Versions.filter((one) => one.Version !== '$LATEST').map((one) => ({
        value: one.Version,
        label: `Version ${one.Version}`,
      })),
    ];
  });
  const run = async () => {
    await provisionedPut(name, qualifier, Number(count));
    flash.success(`Saved the provisioned concurrency of ${qualifier}.`);
  };
  const chosen = choices.value?.find(({ value }) => value === qualifier);
  return (
    <Dialog
      title={config ? 'Edit provisioned concurrency' : 'Configure provisioned concurrency'}
      verb="Save"
      isReady={qualifier !== '' && /^[1-9]\d*$/.test(count)}
      run={run}
      onDone={onDone}
      onClose={onClose}
      cli={command('lambda', 'put-provisioned-concurrency-config', {
        'function-name': name,
        qualifier,
        'provisioned-concurrent-executions': count,
      })}
    >
      <FormField
        label="Alias or version"
        description="$LATEST cannot have provisioned concurrency: publish a version first."
      >
        <Select
          options={choices.value ?? []}
          selectedOption={chosen ?? null}
          disabled={config !== undefined}
          placeholder="Choose an alias or a version"
          empty="No aliases and versions"
          statusType={choices.isLoading ? 'loading' : 'finished'}
          onChange={({ detail }) => setQualifier(detail.selectedOption.value ?? '')}
        />
      </FormField>
      <FormField label="Provisioned concurrency">
        <Input type="number" value={count} onChange={({ detail }) => setCount(detail.value)} />
      </FormField>
    </Dialog>
  );
}
