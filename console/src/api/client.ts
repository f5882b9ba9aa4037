import { here, type Place } from './place';

/** An error as AWS's APIs answer it. */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    readonly requestId: string,
  ) {
    super(message);
    this.name = code;
  }
}

export interface Request {
  service: string;
  method: string;
  /** The AWS API's own path, percent-encoded. */
  path: string;
  query?: Record<string, string | number | boolean | undefined>;
  headers?: Record<string, string>;
  body?: string | undefined;
}

const SESSION_OVER = new Set([
  'ExpiredTokenException',
  'ExpiredToken',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
]);

/** Sends an AWS API request as the session's identity; an error answer is thrown. */
export async function send(request: Request, place: Place = here()): Promise<Response> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) query.append(name, String(value));
  }
  const search = query.size > 0 ? `?${query}` : '';
  const root = `/console/s/${place.session}/api/${request.service}/${place.region}`;
  const response = await fetch(`${root}${request.path}${search}`, {
    method: request.method,
    headers: { 'x-crossway-console': '1', accept: 'application/json', ...request.headers },
    ...(request.body === undefined ? {} : { body: request.body }),
  });
  if (response.ok) return response;
  const error = await errorOf(response);
  if (SESSION_OVER.has(error.code) && place.session === here().session) signInAgain(place.session);
  throw error;
}

function signInAgain(session: number): void {
  const next = encodeURIComponent(window.location.pathname + window.location.search);
  window.location.assign(`/console/sign-in?session=${session}&next=${next}`);
}

async function errorOf(response: Response): Promise<AwsError> {
  const text = await response.text();
  const requestId = response.headers.get('x-amzn-requestid') ?? '';
  const named = response.headers.get('x-amzn-errortype')?.split(':')[0] ?? '';
  let code = named;
  let message = text;
  if (text.startsWith('<')) {
    const xml = new DOMParser().parseFromString(text, 'text/xml');
    code = xml.getElementsByTagName('Code')[0]?.textContent ?? code;
    message = xml.getElementsByTagName('Message')[0]?.textContent ?? message;
  } else {
    const body = parsed(text);
    code = code || (body['__type'] ?? '').split('#').pop() || `HTTP ${response.status}`;
    message = body['message'] ?? body['Message'] ?? message;
  }
  return new AwsError(code, message, response.status, requestId);
}

function parsed(text: string): Record<string, string> {
  try {
    return JSON.parse(text) as Record<string, string>;
  } catch {
    return {};
  }
}

/** A REST-JSON operation. */
export async function rest<T>(
  service: string,
  method: string,
  path: string,
  options: { query?: Request['query']; body?: unknown; headers?: Record<string, string> } = {},
  place?: Place,
): Promise<T> {
  const hasBody = options.body !== undefined;
  const response = await send(
    {
      service,
      method,
      path,
      query: options.query ?? {},
      headers: { ...(hasBody ? { 'content-type': 'application/json' } : {}), ...options.headers },
      body: hasBody ? JSON.stringify(options.body) : undefined,
    },
    place,
  );
  const text = await response.text();
  return (text ? JSON.parse(text) : {}) as T;
}

/** An operation of the JSON 1.1 protocol. */
export async function json11<T>(target: string, input: unknown, place?: Place): Promise<T> {
  const response = await send(
    {
      service: 'logs',
      method: 'POST',
      path: '/',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
      body: JSON.stringify(input),
    },
    place,
  );
  const text = await response.text();
  return (text ? JSON.parse(text) : {}) as T;
}

/** A value read from a query protocol's XML. */
export type Xml = string | Xml[] | { [name: string]: Xml };

/** An operation of the query protocol; gives the content of its `…Result`. */
export async function query(
  service: 'iam' | 'sts',
  action: string,
  input: Record<string, string | undefined>,
  place?: Place,
): Promise<{ [name: string]: Xml }> {
  const version = service === 'iam' ? '2010-05-08' : '2011-06-15';
  const form = new URLSearchParams({ Action: action, Version: version });
  for (const [name, value] of Object.entries(input)) {
    if (value !== undefined) form.append(name, value);
  }
  const response = await send(
    {
      service,
      method: 'POST',
      path: '/',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    },
    place,
  );
  const xml = new DOMParser().parseFromString(await response.text(), 'text/xml');
  const result = xml.getElementsByTagName(`${action}Result`)[0];
  const value = result ? valueOf(result) : {};
  return typeof value === 'object' && !Array.isArray(value) ? value : {};
}

function valueOf(element: Element): Xml {
  const children = [...element.children];
  if (children.length === 0) return element.textContent ?? '';
  if (children.every(({ tagName }) => tagName === 'member' || tagName === 'entry')) {
    return children.map(valueOf);
  }
  return Object.fromEntries(children.map((child) => [child.tagName, valueOf(child)]));
}

/** A list in an XML answer; an empty list comes as an empty element. */
export function list<T>(value: Xml | undefined): T[] {
  return Array.isArray(value) ? (value as T[]) : [];
}
