import { useEffect, useRef, useState } from 'react';
import { AwsError } from '../../api/client';
import { eventList } from '../../api/logs';
import type { Line } from './request-id';

const POLL_MS = 2_000;
/** Lines that are kept; older ones make room. */
const LINES_MAX = 2_000;
/** Lines are asked for again for so long, since they may come late and out of order. */
const OVERLAP_MS = 10_000;
/** What was written just before the page was opened is shown, too. */
const BEFORE_MS = 60_000;

interface Tail {
  lines: Line[];
  error: unknown;
  clear: () => void;
}

/** The lines of log groups from a minute ago on, oldest first, as they come. */
export function useTail(groups: string[], pattern: string, isRunning: boolean): Tail {
  const key = JSON.stringify([groups, pattern]);
  const [state, setState] = useState<{ key: string; lines: Line[] }>({ key, lines: [] });
  const [error, setError] = useState<unknown>();
  const since = useRef(Date.now() - BEFORE_MS);
  useEffect(() => {
    since.current = Date.now() - BEFORE_MS;
    setState({ key, lines: [] });
    setError(undefined);
  }, [key]);
  useEffect(() => {
    if (!isRunning || groups.length === 0) return;
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout>;
    const poll = async () => {
      const start = Date.now();
      try {
        const found = await Promise.all(
          groups.map((group) => linesOf(group, pattern, since.current)),
        );
        if (!isCurrent) return;
        since.current = Math.max(since.current, start - OVERLAP_MS);
        setError(undefined);
        setState((old) => (old.key === key ? { key, lines: merged(old.lines, found.flat()) } : old));
      } catch (problem) {
        if (isCurrent) setError(problem);
      }
      if (isCurrent) timer = setTimeout(() => void poll(), POLL_MS);
    };
    void poll();
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
    // `key` names the groups and the pattern.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, isRunning]);
  const clear = () => {
    since.current = Date.now();
    setState({ key, lines: [] });
  };
  return { lines: state.key === key ? state.lines : [], error, clear };
}

async function linesOf(group: string, pattern: string, sinceMs: number): Promise<Line[]> {
  try {
    const events = await eventList({ group, pattern, sinceMs });
    return events.map((event) => ({ ...event, group }));
  } catch (error) {
    // A group comes to be with its first line.
    if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return [];
    throw error;
  }
}

function merged(old: Line[], found: Line[]): Line[] {
  const identity = (line: Line) =>
    `${line.group} ${line.eventId ?? `${line.timestamp} ${line.message}`}`;
  const known = new Set(old.map(identity));
  const fresh = found.filter((line) => !known.has(identity(line)));
  if (fresh.length === 0) return old;
  return [...old, ...fresh].sort((a, b) => a.timestamp - b.timestamp).slice(-LINES_MAX);
}
