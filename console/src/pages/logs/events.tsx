import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Toggle from '@cloudscape-design/components/toggle';
import { useEffect, useState } from 'react';
import { command } from '../../api/cli';
import { eventList } from '../../api/logs';
import { useData } from '../../data/useData';
import { AsCli } from '../../ui/as-cli';
import { Problem } from '../../ui/problem';

const MINUTE_MS = 60_000;
const FOLLOW_MS = 2_000;
const RANGES = [
  { id: '1', text: '1m' },
  { id: '30', text: '30m' },
  { id: '60', text: '1h' },
  { id: '720', text: '12h' },
  { id: '0', text: 'Clear' },
];

/** Log events with filter, time range and, if wanted, new ones as they come. */
export function Events({ group, stream }: { group: string; stream?: string | undefined }) {
  const [pattern, setPattern] = useState('');
  const [applied, setApplied] = useState('');
  const [minutes, setMinutes] = useState('60');
  const [isFollowing, setFollowing] = useState(false);
  const [round, setRound] = useState(0);
  const key = `events/${group}/${stream ?? ''}/${applied}/${minutes}`;
  const data = useData(`${key}#${round}`, () =>
    eventList({
      group,
      stream,
      pattern: applied,
      sinceMs: minutes === '0' ? undefined : Date.now() - Number(minutes) * MINUTE_MS,
    }),
  );
  // What was read stays on the page while it is read again.
  const [shown, setShown] = useState(data.value);
  if (data.value && data.value !== shown) setShown(data.value);
  useEffect(() => {
    if (!isFollowing) return;
    const timer = setInterval(() => setRound((n) => n + 1), FOLLOW_MS);
    return () => clearInterval(timer);
  }, [isFollowing]);
  const isMissing = data.error?.name === 'ResourceNotFoundException';
  return (
    <SpaceBetween size="m">
      <Container
        header={
          <Header
            variant="h2"
            counter={shown ? `(${shown.length})` : undefined}
            description={stream}
            actions={
              <SpaceBetween direction="horizontal" size="s" alignItems="center">
                <Toggle checked={isFollowing} onChange={({ detail }) => setFollowing(detail.checked)}>
                  Live tail
                </Toggle>
                <Button
                  iconName="refresh"
                  ariaLabel="Refresh log events"
                  onClick={() => setRound((n) => n + 1)}
                />
              </SpaceBetween>
            }
          >
            Log events
          </Header>
        }
      >
        <SpaceBetween size="m">
          <div className="row-between">
            <form
              className="grow"
              onSubmit={(event) => {
                event.preventDefault();
                setApplied(pattern);
              }}
            >
              <Input
                type="search"
                value={pattern}
                ariaLabel="Filter events"
                placeholder="Filter events – press enter to search"
                onChange={({ detail }) => {
                  setPattern(detail.value);
                  if (detail.value === '') setApplied('');
                }}
              />
            </form>
            <SegmentedControl
              label="Time range"
              selectedId={minutes}
              options={RANGES}
              onChange={({ detail }) => setMinutes(detail.selectedId)}
            />
          </div>
          {data.error && !isMissing && <Problem error={data.error} />}
          {!shown && !data.error && <StatusIndicator type="loading">Loading events</StatusIndicator>}
          {(isMissing || shown?.length === 0) && (
            <Box textAlign="center" color="text-body-secondary">
              {isMissing ? 'This log group does not exist yet.' : 'No events in this range.'}
            </Box>
          )}
          {shown && shown.length > 0 && !isMissing && (
            <div role="log" aria-label="Log events" tabIndex={0}>
              {shown.map((event, index) => (
                <div className="log-line mono-text" key={event.eventId ?? index}>
                  <span>{new Date(event.timestamp).toISOString()}</span>
                  <pre>{event.message.trimEnd()}</pre>
                </div>
              ))}
            </div>
          )}
        </SpaceBetween>
      </Container>
      <AsCli
        text={[
          'aws logs tail',
          group,
          command('', '', {
            'log-stream-names': stream,
            'filter-pattern': applied,
            since: minutes === '0' ? undefined : `${minutes}m`,
            follow: isFollowing,
          }).replace(/^aws\s+/, ''),
        ]
          .filter(Boolean)
          .join(' ')}
      />
    </SpaceBetween>
  );
}
