import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { pretty } from '../../api/iam';
import type { Invocation } from '../../api/lambda';
import { CodeBlock } from '../../ui/code-block';
import { PageLink } from '../../ui/page-link';

const ACCEPTED = 202;

/** What an invocation gave: its result, its log, and what it took. */
export function TestResult({ name, result }: { name: string; result: Invocation }) {
  const group = `/logs/groups/${encodeURIComponent(`/aws/lambda/${name}`)}`;
  const logs = <PageLink to={group}>logs</PageLink>;
  if (result.status === ACCEPTED) {
    return (
      <Alert type="success" header="The event was accepted">
        The function runs it by itself; what comes of it stands in its {logs}. Request ID:{' '}
        {result.requestId}
      </Alert>
    );
  }
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
        <Box>
          <b>Log output</b> (the last 4 KB; all of it is in the {logs})
        </Box>
        <CodeBlock text={result.log} label="log output" tall />
      </SpaceBetween>
    </Alert>
  );
}
