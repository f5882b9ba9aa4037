import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useState } from 'react';
import { eventList } from '../../api/logs';
import { useData } from '../../data/useData';
import { lazily } from '../../ui/lazily';
import { PageLink } from '../../ui/page-link';
import { Events } from '../logs/events';
import { slices, type Slice } from './reports';

const Chart = lazily(async () => (await import('../../chart/chart')).default);

const MINUTE_MS = 60_000;
const SLICES = 30;
/** Lines that tell of an invocation's end or failure. */
const COUNTED = '?REPORT ?ERROR ?timed ?exited';
const RANGES = [
  { id: '30', text: '30m' },
  { id: '180', text: '3h' },
  { id: '720', text: '12h' },
];

/** What the function did and wrote lately. The charts count what its log says. */
export function Monitor({ name }: { name: string }) {
  const group = `/aws/lambda/${name}`;
  const [minutes, setMinutes] = useState('30');
  const data = useData(`reports/${name}/${minutes}`, async () => {
    const endMs = Date.now();
    const startMs = endMs - Number(minutes) * MINUTE_MS;
    const events = await eventList({ group, sinceMs: startMs, pattern: COUNTED }).catch((error: unknown) => {
      // A function that never ran has no log group.
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return [];
      throw error;
    });
    return slices(events, startMs, endMs, SLICES);
  });
  const charts: Array<[title: string, value: (slice: Slice) => number]> = [
    ['Invocations', (slice) => slice.invocations],
    ['Errors', (slice) => slice.errors],
    ['Duration (ms)', (slice) => Math.round((slice.durationMs ?? 0) * 10) / 10],
  ];
  return (
    <SpaceBetween size="m">
      <div className="row-between">
        <SegmentedControl
          label="Time range of the charts"
          selectedId={minutes}
          options={RANGES}
          onChange={({ detail }) => setMinutes(detail.selectedId)}
        />
        <SpaceBetween direction="horizontal" size="m">
          <PageLink to={`/logs/groups/${encodeURIComponent(group)}`}>View CloudWatch logs</PageLink>
          <PageLink to={`/logs/live-tail?group=${encodeURIComponent(group)}`}>Live tail</PageLink>
        </SpaceBetween>
      </div>
      <ColumnLayout columns={3}>
        {charts.map(([title, value]) => (
          <Container key={title} header={<Header variant="h3">{title}</Header>}>
            {data.value ? (
              <Chart
                title={title}
                series={[
                  { title, points: data.value.map((one) => ({ x: one.start, y: value(one) })) },
                ]}
              />
            ) : (
              <Spinner />
            )}
          </Container>
        ))}
      </ColumnLayout>
      <Box color="text-body-secondary" fontSize="body-s">
        Counted from REPORT and error lines, a thousand at most. Throttled calls write no log, so
        they are not among them.
      </Box>
      <Events group={group} />
    </SpaceBetween>
  );
}
