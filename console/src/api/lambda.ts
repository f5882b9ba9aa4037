import { rest, send } from './client';
import type { Place } from './place';

export interface FunctionConfiguration {
  FunctionName: string;
  FunctionArn: string;
  Runtime?: string;
  Role: string;
  Handler?: string;
  CodeSize: number;
  Description?: string;
  Timeout: number;
  MemorySize: number;
  LastModified: string;
  Version: string;
  State?: string;
  LastUpdateStatus?: string;
  PackageType?: string;
  Architectures?: string[];
  Environment?: { Variables?: Record<string, string> };
  EphemeralStorage?: { Size: number };
  LoggingConfig?: { LogFormat?: string; LogGroup?: string };
  RevisionId?: string;
  Layers?: Array<{ Arn: string; CodeSize: number }>;
}

export interface Statement {
  Sid?: string;
  Effect: string;
  Principal: string | Record<string, string | string[]>;
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

export interface Policy {
  text: string;
  statements: Statement[];
}

export interface Invocation {
  payload: string;
  error: string | null;
  log: string;
  status: number;
  version: string;
  requestId: string;
  tookMs: number;
}

const ROOT = '/2015-03-31/functions';
const path = (name: string, rest = '') => `${ROOT}/${encodeURIComponent(name)}${rest}`;

export async function functionList(place?: Place): Promise<FunctionConfiguration[]> {
  const all: FunctionConfiguration[] = [];
  let marker: string | undefined;
  do {
    const page: { Functions: FunctionConfiguration[]; NextMarker?: string | null } = await rest(
      'lambda',
      'GET',
      `${ROOT}/`,
      { query: { MaxItems: 50, Marker: marker } },
      place,
    );
    all.push(...page.Functions);
    marker = page.NextMarker ?? undefined;
  } while (marker);
  return all;
}

export interface FunctionDetail {
  Configuration: FunctionConfiguration;
  Code: { Location?: string };
  Tags?: Record<string, string>;
}

export const functionGet = (name: string, place?: Place) =>
  rest<FunctionDetail>('lambda', 'GET', path(name), {}, place);

export const functionCreate = (input: Record<string, unknown>) =>
  rest<FunctionConfiguration>('lambda', 'POST', ROOT, { body: input });

export const functionDelete = (name: string, version?: string) =>
  rest('lambda', 'DELETE', path(name), { query: { Qualifier: version } });

export const codeUpdate = (name: string, zip: string) =>
  rest<FunctionConfiguration>('lambda', 'PUT', path(name, '/code'), { body: { ZipFile: zip } });

export const configurationUpdate = (name: string, input: Record<string, unknown>) =>
  rest<FunctionConfiguration>('lambda', 'PUT', path(name, '/configuration'), { body: input });

/** The package's bytes, from the address that GetFunction gave. */
export async function codeDownload(location: string): Promise<Uint8Array> {
  // The address names the server as programs reach it; the page stays on its own origin.
  const url = new URL(location);
  const response = await fetch(url.pathname + url.search);
  if (!response.ok) throw new Error(`The package could not be read (HTTP ${response.status}).`);
  return new Uint8Array(await response.arrayBuffer());
}

/** The function's policy; none when it has none. */
export async function policyGet(
  name: string,
  qualifier?: string,
  place?: Place,
): Promise<Policy | undefined> {
  try {
    const query = { Qualifier: qualifier };
    const answer = await rest<{ Policy: string }>(
      'lambda',
      'GET',
      path(name, '/policy'),
      { query },
      place,
    );
    const document = JSON.parse(answer.Policy) as { Statement: Statement[] };
    return { text: JSON.stringify(document, null, 2), statements: document.Statement };
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

export interface Permission {
  StatementId: string;
  Action: string;
  Principal: string;
  SourceArn?: string;
  SourceAccount?: string;
  PrincipalOrgID?: string;
  FunctionUrlAuthType?: string;
}

export const permissionAdd = (
  name: string,
  permission: Permission,
  qualifier?: string,
  place?: Place,
) =>
  rest<{ Statement: string }>(
    'lambda',
    'POST',
    path(name, '/policy'),
    { query: { Qualifier: qualifier }, body: permission },
    place,
  );

export const permissionRemove = (name: string, sid: string) =>
  rest('lambda', 'DELETE', path(name, `/policy/${encodeURIComponent(sid)}`));

/** Runs a function and waits for its result, or, as `Event`, for the event being taken. */
export async function invoke(
  name: string,
  event: string,
  type: 'RequestResponse' | 'Event',
): Promise<Invocation> {
  const start = performance.now();
  const response = await send({
    service: 'lambda',
    method: 'POST',
    path: path(name, '/invocations'),
    headers: {
      ...(type === 'Event' ? {} : { 'x-amz-log-type': 'Tail' }),
      'x-amz-invocation-type': type,
      'content-type': 'application/json',
    },
    body: event,
  });
  const log = response.headers.get('x-amz-log-result') ?? '';
  return {
    payload: await response.text(),
    error: response.headers.get('x-amz-function-error'),
    log: new TextDecoder().decode(Uint8Array.from(atob(log), (c) => c.charCodeAt(0))),
    status: response.status,
    version: response.headers.get('x-amz-executed-version') ?? '$LATEST',
    requestId: response.headers.get('x-amzn-requestid') ?? '',
    tookMs: Math.round(performance.now() - start),
  };
}

export interface Alias {
  Name: string;
  AliasArn: string;
  FunctionVersion: string;
  Description?: string;
  RoutingConfig?: { AdditionalVersionWeights?: Record<string, number> };
}

export const versionList = (name: string) =>
  rest<{ Versions: FunctionConfiguration[] }>('lambda', 'GET', path(name, '/versions'));

export const versionPublish = (name: string, description: string) =>
  rest<FunctionConfiguration>('lambda', 'POST', path(name, '/versions'), {
    body: description ? { Description: description } : {},
  });

export const aliasList = (name: string) =>
  rest<{ Aliases: Alias[] }>('lambda', 'GET', path(name, '/aliases'));

/** Creates an alias, or changes the one that there is. */
export const aliasPut = (isNew: boolean, name: string, alias: Omit<Alias, 'AliasArn'>) => {
  const { Name, ...settings } = alias;
  const at = isNew ? '/aliases' : `/aliases/${encodeURIComponent(Name)}`;
  return rest<Alias>('lambda', isNew ? 'POST' : 'PUT', path(name, at), {
    body: isNew ? alias : settings,
  });
};
export const aliasDelete = (name: string, alias: string) =>
  rest('lambda', 'DELETE', path(name, `/aliases/${encodeURIComponent(alias)}`));
