import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { command } from '../../api/cli';
import { eventConfigGet, eventConfigPut, type EventConfig } from '../../api/lambda-settings';
import { useData } from '../../data/useData';
import { Dialog } from '../../ui/dialog';
import { Problem } from '../../ui/problem';

const AGE_S_DEFAULT = 21_600;
const RETRIES_DEFAULT = 2;

/** `Asynchronous invocation`: how long events wait, and how often they are tried again. */
export function AsyncInvocation({ name }: { name: string }) {
  const data = useData(`event-config/${name}`, async () => (await eventConfigGet(name)) ?? {});
  const [isEditing, setEditing] = useState(false);
  if (data.error) return <Problem error={data.error} retry={data.reload} />;
  const config = data.value;
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Button disabled={!config} onClick={() => setEditing(true)}>
              Edit
            </Button>
          }
        >
          Asynchronous invocation
        </Header>
      }
    >
      <KeyValuePairs
        columns={3}
        items={[
          {
            label: 'Maximum age of event',
            value: `${config?.MaximumEventAgeInSeconds ?? AGE_S_DEFAULT} s`,
          },
          { label: 'Retry attempts', value: config?.MaximumRetryAttempts ?? RETRIES_DEFAULT },
          {
            label: 'Dead-letter queue service',
            value: 'None: there are no queues and topics to send to',
          },
        ]}
      />
      {isEditing && config && (
        <EditAsync
          name={name}
          config={config}
          onDone={data.reload}
          onClose={() => setEditing(false)}
        />
      )}
    </Container>
  );
}

interface EditAsyncProps {
  name: string;
  config: EventConfig;
  onDone: () => void;
  onClose: () => void;
}

function EditAsync({ name, config, onDone, onClose }: EditAsyncProps) {
  const [age, setAge] = useState(String(config.MaximumEventAgeInSeconds ?? AGE_S_DEFAULT));
  const [retries, setRetries] = useState(String(config.MaximumRetryAttempts ?? RETRIES_DEFAULT));
  const run = () =>
    eventConfigPut(name, {
      // PutFunctionEventInvokeConfig sets all of it.
      ...config,
      MaximumEventAgeInSeconds: Number(age),
      MaximumRetryAttempts: Number(retries),
    });
  return (
    <Dialog
      title="Edit asynchronous invocation"
      verb="Save"
      run={run}
      onDone={onDone}
      onClose={onClose}
      cli={command('lambda', 'put-function-event-invoke-config', {
        'function-name': name,
        'maximum-event-age-in-seconds': age,
        'maximum-retry-attempts': retries,
        'destination-config': config.DestinationConfig && JSON.stringify(config.DestinationConfig),
      })}
    >
      <SpaceBetween size="m">
        <FormField label="Maximum age of event (seconds)" description="60 to 21600.">
          <Input type="number" value={age} onChange={({ detail }) => setAge(detail.value)} />
        </FormField>
        <FormField label="Retry attempts" description="0 to 2.">
          <Input
            type="number"
            value={retries}
            onChange={({ detail }) => setRetries(detail.value)}
          />
        </FormField>
      </SpaceBetween>
    </Dialog>
  );
}
