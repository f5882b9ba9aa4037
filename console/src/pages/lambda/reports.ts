import type { LogEvent } from '../../api/logs';

/** What a time slice's invocations were, as the function's log tells. */
export interface Slice {
  start: Date;
  invocations: number;
  errors: number;
  /** Milliseconds; none without invocations. */
  durationMs: number | undefined;
}

const REPORT = /^REPORT RequestId: (\S+)\s+Duration: ([\d.]+) ms/;
/** What the runtimes write when a handler throws, and what the service writes about time-outs
 * and crashes. */
const FAILED =
  /\tERROR\tInvoke Error|\tERROR\tUncaught Exception|^\[ERROR\]|Task timed out|Runtime exited|Status: (error|timeout)/;

/** Counts REPORT lines and failures in equal slices of time, from the oldest to the newest. */
export function slices(events: LogEvent[], startMs: number, endMs: number, count: number): Slice[] {
  const width = (endMs - startMs) / count;
  const sums = Array.from({ length: count }, () => ({ reports: 0, total: 0, failed: new Set<string>() }));
  for (const event of events) {
    const sum = sums[Math.min(count - 1, Math.floor((event.timestamp - startMs) / width))];
    if (!sum) continue;
    const report = REPORT.exec(event.message);
    if (report) {
      sum.reports += 1;
      sum.total += Number(report[2]);
    }
    if (FAILED.test(event.message)) {
      const id = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(event.message)?.[0];
      sum.failed.add(id ?? event.eventId ?? String(event.timestamp));
    }
  }
  return sums.map((sum, at) => ({
    start: new Date(startMs + at * width),
    invocations: sum.reports,
    errors: sum.failed.size,
    durationMs: sum.reports > 0 ? sum.total / sum.reports : undefined,
  }));
}
