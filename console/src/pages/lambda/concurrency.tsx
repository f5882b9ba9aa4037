import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import RadioGroup from '@cloudscape-design/components/radio-group';
import { useState } from 'react';
import { command } from '../../api/cli';
import {
  accountSettings,
  concurrencyPut,
  type Concurrency as Reserved,
} from '../../api/lambda-settings';
import { useData, type Data } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { Dialog } from '../../ui/dialog';
import { Problem } from '../../ui/problem';

interface ConcurrencyProps {
  name: string;
  own: Data<Reserved>;
}

/** `Concurrency`: how many of the account's executions the function keeps for itself. */
export function Concurrency({ name, own }: ConcurrencyProps) {
  const flash = useFlash();
  const reserved = own.value?.ReservedConcurrentExecutions;
  // What is reserved for one function is taken from the account's.
  const account = useData(`concurrency/${name}/${reserved ?? ''}`, accountSettings);
  const limit = account.value?.AccountLimit;
  const [isEditing, setEditing] = useState(false);
  const [kind, setKind] = useState('unreserved');
  const [count, setCount] = useState('');
  const failed = [own, account].find((one) => one.error);
  if (failed?.error) return <Problem error={failed.error} retry={failed.reload} />;
  const run = async () => {
    await concurrencyPut(name, kind === 'reserve' ? Number(count) : undefined);
    flash.success(`Saved the concurrency of ${name}.`);
  };
  const edit = () => {
    setKind(reserved === undefined ? 'unreserved' : 'reserve');
    setCount(String(reserved ?? 10));
    setEditing(true);
  };
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Button disabled={!own.value} onClick={edit}>
              Edit
            </Button>
          }
        >
          Concurrency
        </Header>
      }
    >
      <KeyValuePairs
        columns={3}
        items={[
          {
            label: 'Function concurrency',
            value:
              reserved === undefined
                ? 'Use unreserved account concurrency'
                : reserved === 0
                  ? 'Throttled: no execution is allowed'
                  : `${reserved} reserved`,
          },
          {
            label: 'Unreserved account concurrency',
            value: limit?.UnreservedConcurrentExecutions ?? '–',
          },
          { label: 'Account limit', value: limit?.ConcurrentExecutions ?? '–' },
        ]}
      />
      {isEditing && (
        <Dialog
          title="Edit concurrency"
          verb="Save"
          isReady={kind === 'unreserved' || /^\d+$/.test(count)}
          run={run}
          onDone={own.reload}
          onClose={() => setEditing(false)}
          cli={
            kind === 'reserve'
              ? command('lambda', 'put-function-concurrency', {
                  'function-name': name,
                  'reserved-concurrent-executions': count,
                })
              : command('lambda', 'delete-function-concurrency', { 'function-name': name })
          }
        >
          <RadioGroup
            value={kind}
            ariaLabel="Concurrency"
            onChange={({ detail }) => setKind(detail.value)}
            items={[
              { value: 'unreserved', label: 'Use unreserved account concurrency' },
              { value: 'reserve', label: 'Reserve concurrency' },
            ]}
          />
          {kind === 'reserve' && (
            <FormField label="Reserved concurrent executions" description="0 throttles the function.">
              <Input
                type="number"
                value={count}
                onChange={({ detail }) => setCount(detail.value)}
              />
            </FormField>
          )}
        </Dialog>
      )}
    </Container>
  );
}
