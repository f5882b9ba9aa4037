import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Multiselect from '@cloudscape-design/components/multiselect';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { command } from '../../api/cli';
import { groupList } from '../../api/logs';
import { useData } from '../../data/useData';
import { describe } from '../../shell/flash';
import { AsCli } from '../../ui/as-cli';
import { byRequest, type Line } from './request-id';
import { useTail } from './use-tail';

const GROUPS_MAX = 10;

/** `Live tail`: new lines of several groups as they come, joined by request if wanted. What is
 * watched stands in the address. */
export default function LiveTail() {
  const [search, setSearch] = useSearchParams();
  const all = useData('groups', () => groupList());
  const groups = search.getAll('group').slice(0, GROUPS_MAX);
  const applied = search.get('pattern') ?? '';
  const [pattern, setPattern] = useState(applied);
  const [highlight, setHighlight] = useState('');
  const [isRunning, setRunning] = useState(true);
  const [isJoined, setJoined] = useState(true);
  const tail = useTail(groups, applied, isRunning);
  const options = (all.value ?? []).map(({ logGroupName }) => ({
    value: logGroupName,
    label: logGroupName,
  }));
  const change = (to: string[], text: string) => {
    const next = new URLSearchParams(to.map((group) => ['group', group]));
    if (text) next.set('pattern', text);
    setSearch(next, { replace: true });
  };
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description="New log lines of APIs and functions, as they are written."
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={tail.clear}>Clear</Button>
            <Button variant="primary" onClick={() => setRunning(!isRunning)}>
              {isRunning ? 'Stop' : 'Start'}
            </Button>
          </SpaceBetween>
        }
      >
        Live tail
      </Header>
      <Container header={<Header variant="h2">Filter</Header>}>
        <SpaceBetween size="m">
          <FormField stretch label="Select log groups" description={`At most ${GROUPS_MAX}.`}>
            <Multiselect
              options={options}
              placeholder="Choose log groups"
              filteringType="auto"
              statusType={all.isLoading ? 'loading' : 'finished'}
              empty="No log groups yet"
              selectedOptions={groups.map((group) => ({ value: group, label: group }))}
              onChange={({ detail }) =>
                change(
                  detail.selectedOptions.map((one) => one.value ?? '').slice(0, GROUPS_MAX),
                  applied,
                )
              }
            />
          </FormField>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              change(groups, pattern);
            }}
          >
            <div className="row-between">
              <FormField className="grow" stretch label="Add filter patterns">
                <Input
                  value={pattern}
                  placeholder="ERROR"
                  onChange={({ detail }) => setPattern(detail.value)}
                />
              </FormField>
              <FormField className="grow" stretch label="Highlight">
                <Input value={highlight} onChange={({ detail }) => setHighlight(detail.value)} />
              </FormField>
            </div>
            <Box margin={{ top: 's' }}>
              <Button formAction="submit">Apply filters</Button>
            </Box>
          </form>
        </SpaceBetween>
      </Container>
      <Container
        header={
          <Header
            variant="h2"
            counter={`(${tail.lines.length})`}
            actions={
              <SpaceBetween direction="horizontal" size="m" alignItems="center">
                <Toggle checked={isJoined} onChange={({ detail }) => setJoined(detail.checked)}>
                  Join by request ID
                </Toggle>
                <StatusIndicator type={isRunning ? 'success' : 'stopped'}>
                  {isRunning ? 'Tailing' : 'Stopped'}
                </StatusIndicator>
              </SpaceBetween>
            }
          >
            Events
          </Header>
        }
      >
        {tail.error !== undefined && <Alert type="error">{describe(tail.error)}</Alert>}
        <Lines
          lines={tail.lines}
          isJoined={isJoined}
          highlight={highlight}
          isChosen={groups.length > 0}
        />
      </Container>
      {groups[0] && (
        <AsCli
          text={command('logs', 'tail', { 'filter-pattern': applied, follow: true }).replace(
            'tail',
            `tail ${groups[0]}`,
          )}
        />
      )}
    </SpaceBetween>
  );
}

interface LinesProps {
  lines: Line[];
  isJoined: boolean;
  highlight: string;
  isChosen: boolean;
}

function Lines({ lines, isJoined, highlight, isChosen }: LinesProps) {
  if (lines.length === 0) {
    return (
      <Box textAlign="center" color="text-body-secondary">
        {isChosen ? 'Waiting for log events.' : 'Select log groups to watch.'}
      </Box>
    );
  }
  const requests = isJoined ? byRequest(lines) : [{ id: undefined, lines }];
  return (
    <div role="log" aria-label="Log events" tabIndex={0} className="log">
      {requests.map((request) => (
        <section key={request.id ?? ''} className="log-request">
          {request.id && (
            <Box variant="h3" fontSize="body-s">
              {`Request ${request.id}`}
            </Box>
          )}
          {request.lines.map((line, at) => (
            <LogLine key={line.eventId ?? at} line={line} highlight={highlight} />
          ))}
        </section>
      ))}
    </div>
  );
}

function LogLine({ line, highlight }: { line: Line; highlight: string }) {
  const at = highlight
    ? line.message.toLowerCase().indexOf(highlight.toLowerCase())
    : -1;
  const end = at + highlight.length;
  return (
    <div className="log-line mono-text">
      <span>
        {new Date(line.timestamp).toISOString().slice(11, 23)}
        <br />
        <span className="log-group">{line.group.replace(/^\/aws\/lambda\//, 'λ ').replace(/^API-Gateway-Execution-Logs_/, 'API ')}</span>
      </span>
      <pre>
        {at < 0 ? (
          line.message.trimEnd()
        ) : (
          <>
            {line.message.slice(0, at)}
            <mark>{line.message.slice(at, end)}</mark>
            {line.message.slice(end).trimEnd()}
          </>
        )}
      </pre>
    </div>
  );
}
