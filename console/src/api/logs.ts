import { json11 } from './client';
import type { Place } from './place';

export interface LogGroup {
  logGroupName: string;
  arn: string;
  creationTime: number;
  retentionInDays?: number;
  storedBytes?: number;
}
export interface LogStream {
  logStreamName: string;
  creationTime: number;
  lastEventTimestamp?: number;
}
export interface LogEvent {
  timestamp: number;
  message: string;
  logStreamName?: string;
  eventId?: string;
}

const call = <T>(operation: string, input: unknown, place?: Place) =>
  json11<T>(`Logs_20140328.${operation}`, input, place);

export async function groupList(place?: Place): Promise<LogGroup[]> {
  const found: LogGroup[] = [];
  let nextToken: string | undefined;
  do {
    const page: { logGroups: LogGroup[]; nextToken?: string } = await call(
      'DescribeLogGroups',
      { limit: 50, nextToken },
      place,
    );
    found.push(...page.logGroups);
    nextToken = page.nextToken;
  } while (nextToken);
  return found;
}

export const streamList = (group: string) =>
  call<{ logStreams: LogStream[] }>('DescribeLogStreams', {
    logGroupName: group,
    orderBy: 'LastEventTime',
    descending: true,
    limit: 50,
  });

export interface EventFilter {
  group: string;
  stream?: string | undefined;
  pattern?: string | undefined;
  sinceMs?: number | undefined;
}

/** Matching events, oldest first; at most a thousand. */
export async function eventList(filter: EventFilter): Promise<LogEvent[]> {
  const found: LogEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page: { events: LogEvent[]; nextToken?: string } = await call('FilterLogEvents', {
      logGroupName: filter.group,
      ...(filter.stream ? { logStreamNames: [filter.stream] } : {}),
      ...(filter.pattern ? { filterPattern: filter.pattern } : {}),
      ...(filter.sinceMs ? { startTime: filter.sinceMs } : {}),
      nextToken,
    });
    found.push(...page.events);
    nextToken = page.nextToken;
  } while (nextToken && found.length < 1000);
  return found;
}

export const groupCreate = (name: string) => call('CreateLogGroup', { logGroupName: name });
export const groupDelete = (name: string) => call('DeleteLogGroup', { logGroupName: name });
export const retentionPut = (name: string, days: number | undefined) =>
  days
    ? call('PutRetentionPolicy', { logGroupName: name, retentionInDays: days })
    : call('DeleteRetentionPolicy', { logGroupName: name });
