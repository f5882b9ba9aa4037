/** What a text in a `Lambda function` box names. */
export interface FunctionName {
  /** As Lambda's API takes it: a full ARN or a bare name, without qualifier. */
  name: string;
  arn: string;
  account: string;
  region: string;
  qualifier?: string | undefined;
}

const ARN = /^arn:aws:lambda:([a-z0-9-]+):(\d{12}):function:([A-Za-z0-9_-]+)(?::([A-Za-z0-9_$-]+))?$/;

/** A full ARN, or a name of the account and region given. */
export function functionName(
  text: string,
  account: string,
  region: string,
): FunctionName | undefined {
  const found = ARN.exec(text.trim());
  if (found) {
    const [, ownRegion = '', ownAccount = '', name = '', qualifier] = found;
    const bare = `arn:aws:lambda:${ownRegion}:${ownAccount}:function:${name}`;
    return { name: bare, arn: text.trim(), account: ownAccount, region: ownRegion, qualifier };
  }
  const short = /^([A-Za-z0-9_-]{1,64})(?::([A-Za-z0-9_$-]+))?$/.exec(text.trim());
  if (!short) return undefined;
  const arn = `arn:aws:lambda:${region}:${account}:function:${text.trim()}`;
  return { name: short[1] ?? '', arn, account, region, qualifier: short[2] };
}

/** The URI of an integration with a function; another where the answer is streamed. */
export function integrationUri(functionArn: string, region: string, isStreamed = false): string {
  const [version, action] = isStreamed
    ? ['2021-11-15', 'response-streaming-invocations']
    : ['2015-03-31', 'invocations'];
  return `arn:aws:apigateway:${region}:lambda:path/${version}/functions/${functionArn}/${action}`;
}

/** The function's ARN in an integration's URI. */
export function functionOfUri(uri: string | undefined): string | undefined {
  return /\/functions\/(arn:aws:lambda:[^/]+)\/(?:response-streaming-)?invocations$/.exec(uri ?? '')?.[1];
}

/** The source ARN that lets one method of an API call a function, in every stage. The Region is
 * the function's: across Regions, that is what API Gateway presents. */
export function methodArn(
  region: string,
  account: string,
  api: string,
  verb: string,
  path: string,
): string {
  const wild = path.replaceAll(/\{[^}]+\}/g, '*');
  const method = verb === 'ANY' ? '*' : verb;
  return `arn:aws:execute-api:${region}:${account}:${api}/*/${method}${wild}`;
}

/** A random UUID. `crypto.randomUUID` is missing on plain http under a host name. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}

/** Lower-case letters and digits by chance, as in the names of roles that AWS's console makes. */
export function randomText(length: number): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return [...bytes].map((byte) => letters[byte % letters.length]).join('');
}
