import type { LogEvent } from '../../api/logs';

/** A log line with the group that it comes from. */
export interface Line extends LogEvent {
  group: string;
}

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/** The API's request: execution logs begin every line with it, access logs may name it. */
const OF_API = new RegExp(`^\\((${UUID})\\)|"requestId"\\s*:\\s*"(${UUID})"`);
/** The function's request: START, END and REPORT name it, runtimes put it between tabs. */
const OF_FUNCTION = new RegExp(`RequestId: (${UUID})|\\t(${UUID})\\t`);
/** In an execution log: the function's request that the API's request made. */
const CALLED = new RegExp(`x-amzn-RequestId=(${UUID})|Lambda request id: (${UUID})`);

const first = (found: RegExpExecArray | null): string | undefined =>
  found?.slice(1).find((one) => one !== undefined);

/** The request that a line says it belongs to. */
export function ownRequest(line: Line): string | undefined {
  return first(OF_API.exec(line.message)) ?? first(OF_FUNCTION.exec(line.message));
}

/** The lines of one request, the API's and the functions' that it called. */
export interface RequestLines {
  /** None gathers the lines that name no request. */
  id: string | undefined;
  lines: Line[];
}

/** Lines by request, in the order in which requests began. A function's lines join those of the API's
 * request where the API's execution log tells which function request it made; a line without an id
 * belongs to its stream's last request, since a worker serves one at a time. */
export function byRequest(lines: Line[]): RequestLines[] {
  const callers = new Map<string, string>();
  for (const line of lines) {
    const caller = first(OF_API.exec(line.message));
    const called = first(CALLED.exec(line.message));
    if (caller && called && caller !== called) callers.set(called, caller);
  }
  const last = new Map<string, string>();
  const found = new Map<string | undefined, RequestLines>();
  for (const line of lines) {
    const stream = `${line.group} ${line.logStreamName ?? ''}`;
    const own = ownRequest(line) ?? last.get(stream);
    if (own) last.set(stream, own);
    const id = own && (callers.get(own) ?? own);
    const request = found.get(id) ?? { id, lines: [] };
    request.lines.push(line);
    found.set(id, request);
  }
  return [...found.values()];
}
