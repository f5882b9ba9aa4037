import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { command } from '../../api/cli';
import {
  eventConfigGet,
  eventConfigPut,
  type Destinations as DestinationConfig,
  type EventConfig,
} from '../../api/lambda-settings';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { Breakable } from '../../ui/breakable';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { ResourceTable } from '../../ui/resource-table';

type Condition = keyof DestinationConfig;

interface Destination {
  condition: Condition;
  arn: string;
}

const CONDITIONS: Record<Condition, string> = { OnFailure: 'On failure', OnSuccess: 'On success' };

const of = (config: EventConfig | undefined): Destination[] =>
  (['OnFailure', 'OnSuccess'] as const).flatMap((condition) => {
    const arn = config?.DestinationConfig?.[condition]?.Destination;
    return arn ? [{ condition, arn }] : [];
  });

/** The configuration with another destination for a condition; with none, it has none. */
function changed(config: EventConfig | undefined, condition: Condition, arn?: string): EventConfig {
  const others = of(config).filter((one) => one.condition !== condition);
  const all = arn ? [...others, { condition, arn }] : others;
  return {
    ...config,
    DestinationConfig: Object.fromEntries(
      all.map((one) => [one.condition, { Destination: one.arn }]),
    ),
  };
}

const put = (name: string, config: EventConfig): string =>
  command('lambda', 'put-function-event-invoke-config', {
    'function-name': name,
    'maximum-event-age-in-seconds': config.MaximumEventAgeInSeconds,
    'maximum-retry-attempts': config.MaximumRetryAttempts,
    'destination-config': JSON.stringify(config.DestinationConfig),
  });

/** `Destinations`: which function is told what became of an asynchronous event. */
export function Destinations({ name }: { name: string }) {
  const data = useData(`event-config/${name}`, async () => ({ config: await eventConfigGet(name) }));
  const config = data.value?.config;
  const [isAdding, setAdding] = useState(false);
  const [doomed, setDoomed] = useState<Destination>();
  const rows = data.value && of(config);
  return (
    <>
      <ResourceTable
        title="Destinations"
        noun="destination"
        level="h2"
        description="What becomes of asynchronous events is sent there, in the name of the execution role."
        data={{ ...data, value: rows }}
        id={(one) => one.condition}
        selects="single"
        empty="With a destination, what becomes of an asynchronous event is not lost."
        cli={() =>
          command('lambda', 'get-function-event-invoke-config', { 'function-name': name })
        }
        actions={([one]) => (
          <>
            <Button disabled={!one} onClick={() => setDoomed(one)}>
              Delete
            </Button>
            <Button disabled={!rows} onClick={() => setAdding(true)}>
              Add destination
            </Button>
          </>
        )}
        columns={[
          { id: 'source', header: 'Source', cell: () => 'Asynchronous invocation' },
          { id: 'condition', header: 'Condition', cell: (one) => CONDITIONS[one.condition] },
          {
            id: 'arn',
            header: 'Destination',
            isRowHeader: true,
            cell: (one) => <Breakable text={one.arn} />,
          },
        ]}
      />
      {isAdding && (
        <AddDestination
          name={name}
          config={config}
          onDone={data.reload}
          onClose={() => setAdding(false)}
        />
      )}
      {doomed && (
        <DeleteDialog
          what={`destination ${CONDITIONS[doomed.condition].toLowerCase()}`}
          cli={put(name, changed(config, doomed.condition))}
          run={() => eventConfigPut(name, changed(config, doomed.condition))}
          onDone={data.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}

const TYPES = [
  { value: 'lambda', label: 'Lambda function' },
  ...['SQS queue', 'SNS topic', 'EventBridge event bus', 'S3 bucket'].map((label) => ({
    value: label,
    label,
    disabled: true,
    disabledReason:
      'A destination must be a function: there are no queues, topics, buses and buckets.',
  })),
];

interface AddDestinationProps {
  name: string;
  config: EventConfig | undefined;
  onDone: () => void;
  onClose: () => void;
}

function AddDestination({ name, config, onDone, onClose }: AddDestinationProps) {
  const flash = useFlash();
  const [condition, setCondition] = useState<Condition>('OnFailure');
  const [arn, setArn] = useState('');
  const after = changed(config, condition, arn);
  const run = async () => {
    await eventConfigPut(name, after);
    flash.success(`Saved the destination ${CONDITIONS[condition].toLowerCase()}.`);
  };
  return (
    <Dialog
      title="Add destination"
      verb="Save"
      isReady={arn !== ''}
      run={run}
      onDone={onDone}
      onClose={onClose}
      cli={put(name, after)}
    >
      <FormField label="Condition">
        <RadioGroup
          value={condition}
          onChange={({ detail }) => setCondition(detail.value as Condition)}
          items={Object.entries(CONDITIONS).map(([value, label]) => ({ value, label }))}
        />
      </FormField>
      <FormField label="Destination type">
        <Select options={TYPES} selectedOption={TYPES[0] ?? null} />
      </FormField>
      <FormField
        stretch
        label="Destination"
        description="A function’s ARN. The execution role must be allowed to invoke it."
      >
        <Input
          value={arn}
          placeholder="arn:aws:lambda:us-east-1:111111111111:function:failed"
          onChange={({ detail }) => setArn(detail.value.trim())}
        />
      </FormField>
    </Dialog>
  );
}
