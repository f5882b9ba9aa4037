import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { command } from '../../api/cli';
import { pretty } from '../../api/iam';
import { invoke, type Invocation } from '../../api/lambda';
import { useIdentity } from '../../data/identity';
import { describe, useFlash } from '../../shell/flash';
import { AsCli } from '../../ui/as-cli';
import { JsonField, jsonError } from '../../ui/json-field';
import { EVENTS } from './events';
import { dropEvent, EVENT_NAME, keepEvent, SAVED_EVENTS_MAX, savedEvents } from './saved-events';
import { TestResult } from './test-result';

type InvocationType = 'RequestResponse' | 'Event';

/** Runs the function with an event, and shows result, log and duration. */
export function TestFunction({ name }: { name: string }) {
  const { account } = useIdentity();
  // The account is known a moment after the page: what is kept for it is read then.
  return <TestEvent key={account} account={account} name={name} />;
}

function TestEvent({ account, name }: { account: string; name: string }) {
  const flash = useFlash();
  const lastKey = `crossway-event-${name}`;
  const [saved, setSaved] = useState(() => savedEvents(account, name));
  const [isEditing, setEditing] = useState(false);
  const [eventName, setEventName] = useState('');
  const [event, setEvent] = useState(() => localStorage.getItem(lastKey) ?? EVENTS['hello-world'] ?? '');
  const [template, setTemplate] = useState('hello-world');
  const [type, setType] = useState<InvocationType>('RequestResponse');
  const [result, setResult] = useState<Invocation>();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const isJson = !jsonError(event);
  const choose = (chosen: string) => {
    setEventName(chosen);
    setEvent(saved.find((one) => one.name === chosen)?.event ?? event);
  };
  const run = () => {
    setBusy(true);
    setError(undefined);
    setResult(undefined);
    // The last event comes back with the page.
    localStorage.setItem(lastKey, event);
    invoke(name, event, type)
      .then(setResult, setError)
      .finally(() => setBusy(false));
  };
  const save = () => {
    setSaved(keepEvent(account, name, { name: eventName, event }));
    setEditing(true);
    flash.success(`Saved the test event ${eventName} in this browser.`);
  };
  const remove = () => {
    const left = dropEvent(account, name, eventName);
    setSaved(left);
    setEditing(left.length > 0);
    const next = left[0];
    setEventName(next?.name ?? '');
    if (next) setEvent(next.event);
  };
  const isFull = !saved.some((one) => one.name === eventName) && saved.length >= SAVED_EVENTS_MAX;
  return (
    <SpaceBetween size="l">
      {error !== undefined && <Alert type="error">{describe(error)}</Alert>}
      {result && <TestResult name={name} result={result} />}
      <Container
        header={
          <Header
            variant="h2"
            actions={
              <div className="actions">
                {isEditing && <Button onClick={remove}>Delete</Button>}
                <Button disabled={!isJson} onClick={() => setEvent(pretty(event))}>
                  Format JSON
                </Button>
                <Button
                  disabled={!isJson || !EVENT_NAME.test(eventName) || isFull}
                  disabledReason={unsavable(isJson, isFull, eventName)}
                  onClick={save}
                >
                  Save
                </Button>
                <Button variant="primary" loading={isBusy} disabled={!isJson} onClick={run}>
                  Test
                </Button>
              </div>
            }
          >
            Test event
          </Header>
        }
      >
        <SpaceBetween size="m">
          <ColumnLayout columns={2}>
            <FormField label="Test event action">
              <RadioGroup
                value={isEditing ? 'edit' : 'create'}
                onChange={({ detail }) => {
                  setEditing(detail.value === 'edit');
                  if (detail.value === 'edit') choose(saved[0]?.name ?? '');
                  else setEventName('');
                }}
                items={[
                  { value: 'create', label: 'Create new event' },
                  {
                    value: 'edit',
                    label: `Edit saved event (${saved.length})`,
                    disabled: saved.length === 0,
                  },
                ]}
              />
            </FormField>
            <FormField label="Invocation type">
              <RadioGroup
                value={type}
                onChange={({ detail }) => setType(detail.value as InvocationType)}
                items={[
                  { value: 'RequestResponse', label: 'Synchronous' },
                  { value: 'Event', label: 'Asynchronous' },
                ]}
              />
            </FormField>
          </ColumnLayout>
          {isEditing ? (
            <FormField label="Event name">
              <Select
                options={saved.map((one) => ({ value: one.name, label: one.name }))}
                selectedOption={{ value: eventName, label: eventName }}
                onChange={({ detail }) => choose(detail.selectedOption.value ?? '')}
              />
            </FormField>
          ) : (
            <NewEvent
              eventName={eventName}
              rename={setEventName}
              template={template}
              choose={(chosen) => {
                setTemplate(chosen);
                setEvent(EVENTS[chosen] ?? '');
              }}
            />
          )}
          <JsonField label="Event JSON" value={event} onChange={setEvent} />
        </SpaceBetween>
      </Container>
      <AsCli
        text={`${command('lambda', 'invoke', {
          'function-name': name,
          'cli-binary-format': 'raw-in-base64-out',
          payload: compact(event),
          ...(type === 'Event' ? { 'invocation-type': 'Event' } : { 'log-type': 'Tail' }),
        })} /dev/stdout`}
      />
    </SpaceBetween>
  );
}

interface NewEventProps {
  eventName: string;
  rename: (name: string) => void;
  template: string;
  choose: (template: string) => void;
}

/** What an event is called, who sees it, and what it begins with. */
function NewEvent({ eventName, rename, template, choose }: NewEventProps) {
  const isBad = eventName !== '' && !EVENT_NAME.test(eventName);
  return (
    <SpaceBetween size="m">
      <ColumnLayout columns={2}>
        <FormField
          label="Event name – optional"
          description="To save it: letters, numbers, dots, hyphens and underscores, 25 at most."
          errorText={isBad && 'These are not 25 letters, numbers, dots, hyphens and underscores.'}
        >
          <Input
            value={eventName}
            placeholder="MyEventName"
            onChange={({ detail }) => rename(detail.value)}
          />
        </FormField>
        <FormField label="Event sharing settings">
          <RadioGroup value="private" items={SHARING} />
        </FormField>
      </ColumnLayout>
      <FormField label="Template – optional">
        <Select
          options={Object.keys(EVENTS).map((value) => ({ value, label: value }))}
          selectedOption={{ value: template, label: template }}
          onChange={({ detail }) => choose(detail.selectedOption.value ?? '')}
        />
      </FormField>
    </SpaceBetween>
  );
}

const SHARING = [
  {
    value: 'private',
    label: 'Private',
    description: `Kept in this browser, ${SAVED_EVENTS_MAX} for each function.`,
  },
  {
    value: 'shareable',
    label: 'Shareable',
    disabled: true,
    description: 'AWS keeps these in a registry of EventBridge, which this server does not have.',
  },
];

function unsavable(isJson: boolean, isFull: boolean, eventName: string): string {
  if (!isJson) return 'The event is no JSON.';
  if (isFull) return `A function has ${SAVED_EVENTS_MAX} saved events at most: delete one.`;
  return eventName ? 'The event’s name has characters that it cannot have.' : 'Name the event to save it.';
}

function compact(event: string): string {
  return jsonError(event) || !event.trim() ? event : JSON.stringify(JSON.parse(event));
}
