import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { eventList, groupList, type LogEvent } from '../../api/logs';
import { useData } from '../../data/useData';
import { PageLink } from '../../ui/page-link';
import { Status } from '../../ui/status';
import { when } from '../../ui/time';

const HOUR_MS = 3_600_000;
const GROUPS_MAX = 10;
const SHOWN_MAX = 5;
/** What functions and APIs write when something fails. */
const FAILED = '?ERROR ?"timed out" ?"Runtime exited" ?"Execution failed" ?"status: 500"';

interface Failure extends LogEvent {
  group: string;
}

async function failures(): Promise<Failure[]> {
  const isOurs = (name: string) => /^(\/aws\/lambda\/|API-Gateway-Execution-Logs_)/.test(name);
  const groups = (await groupList()).map((one) => one.logGroupName).filter(isOurs);
  const sinceMs = Date.now() - HOUR_MS;
  const found = await Promise.all(
    groups.slice(0, GROUPS_MAX).map(async (group) => {
      const events = await eventList({ group, pattern: FAILED, sinceMs });
      return events.map((event) => ({ ...event, group }));
    }),
  );
  return found.flat().sort((a, b) => b.timestamp - a.timestamp);
}

/** What failed within the last hour, the newest first, as the logs of functions and APIs tell. */
export function RecentErrors() {
  const data = useData('recent-errors', failures);
  const found = data.value ?? [];
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={data.value ? `(${found.length})` : undefined}
          description="From the logs of functions and APIs, of the last hour."
        >
          Recent errors
        </Header>
      }
    >
      {data.isLoading && <Status type="loading" text="Reading the logs" />}
      {data.error && <Status type="error" text={data.error.message} />}
      {data.value?.length === 0 && <Status type="success" text="None" />}
      <SpaceBetween size="s">
        {found.slice(0, SHOWN_MAX).map((one, at) => (
          <div key={one.eventId ?? at}>
            <PageLink
              to={`/logs/groups/${encodeURIComponent(one.group)}?stream=${encodeURIComponent(one.logStreamName ?? '')}`}
            >
              {one.group}
            </PageLink>
            <Box color="text-body-secondary" fontSize="body-s">
              {when(one.timestamp)}
            </Box>
            <pre className="error-line mono-text">{one.message.trim().split('\n')[0]}</pre>
          </div>
        ))}
      </SpaceBetween>
    </Container>
  );
}
