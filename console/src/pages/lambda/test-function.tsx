import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { command } from '../../api/cli';
import { pretty } from '../../api/iam';
import { invoke, type Invocation } from '../../api/lambda';
import { describe } from '../../shell/flash';
import { AsCli } from '../../ui/as-cli';
import { CodeBlock } from '../../ui/code-block';
import { JsonField, jsonError } from '../../ui/json-field';
import { EVENTS } from './events';

/** Runs the function with an event, and shows result, log and duration. */
export function TestFunction({ name }: { name: string }) {
  const key = `crossway-event-${name}`;
  const [event, setEvent] = useState(() => localStorage.getItem(key) ?? EVENTS['hello-world'] ?? '');
  const [template, setTemplate] = useState('hello-world');
  const [result, setResult] = useState<Invocation>();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const run = () => {
    setBusy(true);
    setError(undefined);
    setResult(undefined);
    // The last event comes back with the page.
    localStorage.setItem(key, event);
    invoke(name, event)
      .then(setResult, setError)
      .finally(() => setBusy(false));
  };
  return (
    <SpaceBetween size="l">
      {error !== undefined && <Alert type="error">{describe(error)}</Alert>}
      {result && <Result result={result} />}
      <Container
        header={
          <Header
            variant="h2"
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button onClick={() => setEvent(pretty(event))}>Format JSON</Button>
                <Button
                  variant="primary"
                  loading={isBusy}
                  disabled={Boolean(jsonError(event))}
                  onClick={run}
                >
                  Test
                </Button>
              </SpaceBetween>
            }
          >
            Test event
          </Header>
        }
      >
        <SpaceBetween size="m">
          <FormField label="Template – optional">
            <Select
              options={Object.keys(EVENTS).map((value) => ({ value, label: value }))}
              selectedOption={{ value: template, label: template }}
              onChange={({ detail }) => {
                const chosen = detail.selectedOption.value ?? '';
                setTemplate(chosen);
                setEvent(EVENTS[chosen] ?? '');
              }}
            />
          </FormField>
          <JsonField label="Event JSON" value={event} onChange={setEvent} />
        </SpaceBetween>
      </Container>
      <AsCli
        text={`${command('lambda', 'invoke', {
          'function-name': name,
          'cli-binary-format': 'raw-in-base64-out',
          payload: compact(event),
          'log-type': 'Tail',
        })} /dev/stdout`}
      />
    </SpaceBetween>
  );
}

function compact(event: string): string {
  return jsonError(event) || !event.trim() ? event : JSON.stringify(JSON.parse(event));
}

function Result({ result }: { result: Invocation }) {
  const report = /Duration: ([\d.]+ ms)\s+Billed Duration: ([\d.]+ ms)/.exec(result.log);
  const memory = /Max Memory Used: (\d+ MB)/.exec(result.log);
  const isGood = result.error === null;
  return (
    <Alert
      type={isGood ? 'success' : 'error'}
      header={`Executing function: ${isGood ? 'succeeded' : `failed (${result.error})`}`}
    >
      <SpaceBetween size="m">
        <CodeBlock text={pretty(result.payload)} label="result" tall />
        <KeyValuePairs
          columns={4}
          items={[
            { label: 'Request ID', value: result.requestId },
            { label: 'Duration', value: report?.[1] ?? `${result.tookMs} ms with the way` },
            { label: 'Billed duration', value: report?.[2] ?? '–' },
            { label: 'Max memory used', value: memory?.[1] ?? '–' },
          ]}
        />
        <Box variant="h4">Log output</Box>
        <CodeBlock text={result.log} label="log output" tall />
      </SpaceBetween>
    </Alert>
  );
}
