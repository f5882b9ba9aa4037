import { functionName, functionOfUri, integrationUri, type FunctionName } from '../../api/arn';
import type { Patch } from '../../api/apigateway';
import type { Authorizer, JwtConfiguration } from '../../api/authorizers';
import { here } from '../../api/place';
import { areIssuersReady, issuersOf, jwtConfiguration, type IssuerDraft } from './jwt-draft';

/** A part of a request that a REQUEST authorizer looks at: `method.request.header.auth`. */
export interface Source {
  place: string;
  name: string;
}

/** Where identity sources can be, by AWS's words. */
export const PLACES = [
  { value: 'method.request.header.', label: 'Header' },
  { value: 'method.request.querystring.', label: 'Query string' },
  { value: 'stageVariables.', label: 'Stage variable' },
  { value: 'context.', label: 'Context' },
];

const HEADER = 'method.request.header.';
const TTL_S_DEFAULT = 300;

/** An authorizer as its form has it. */
export interface AuthorizerDraft {
  name: string;
  type: 'TOKEN' | 'REQUEST' | 'COGNITO_USER_POOLS' | 'JWT';
  region: string;
  lambda: string;
  role: string;
  tokenSource: string;
  tokenValidation: string;
  sources: Source[];
  /** User pools, by lines. */
  pools: string;
  issuers: IssuerDraft[];
  algorithms: string[];
  isCaching: boolean;
  ttlS: string;
}

export function authorizerDraftOf(authorizer: Authorizer | undefined): AuthorizerDraft {
  const functionArn = functionOfUri(authorizer?.authorizerUri);
  const ttl = authorizer?.authorizerResultTtlInSeconds ?? TTL_S_DEFAULT;
  const sources = (authorizer?.identitySource ?? '').split(',').filter(Boolean).map(sourceOf);
  return {
    name: authorizer?.name ?? '',
    type: (authorizer?.type as AuthorizerDraft['type'] | undefined) ?? 'TOKEN',
    region: functionArn?.split(':')[3] ?? here().region,
    lambda: functionArn ?? '',
    role: authorizer?.authorizerCredentials ?? '',
    tokenSource:
      authorizer && authorizer.type !== 'REQUEST' ? (sources[0]?.name ?? '') : 'Authorization',
    tokenValidation: authorizer?.identityValidationExpression ?? '',
    sources:
      authorizer?.type === 'REQUEST' ? sources : [{ place: HEADER, name: 'Authorization' }],
    pools: (authorizer?.providerARNs ?? []).join('\n'),
    issuers: issuersOf(authorizer?.jwtConfiguration),
    algorithms: authorizer?.jwtConfiguration?.defaultAlgorithms ?? ['RS256'],
    isCaching: ttl > 0,
    ttlS: String(ttl > 0 ? ttl : TTL_S_DEFAULT),
  };
}

function sourceOf(text: string): Source {
  const place = PLACES.find(({ value }) => text.trim().startsWith(value))?.value ?? HEADER;
  return { place, name: text.trim().slice(place.length) };
}

/** Whether a function decides, not the tokens themselves. */
export const isLambda = (type: string): boolean => type === 'TOKEN' || type === 'REQUEST';

/** The function that the draft names; none for user pools, issuers and stage variables. */
export function authorizerTarget(draft: AuthorizerDraft, account: string): FunctionName | undefined {
  if (!isLambda(draft.type)) return undefined;
  return functionName(draft.lambda, account, draft.region);
}

export function isReady(draft: AuthorizerDraft, account: string): boolean {
  if (!draft.name) return false;
  if (draft.type === 'COGNITO_USER_POOLS') return draft.pools.trim() !== '' && draft.tokenSource !== '';
  if (draft.type === 'JWT') {
    return draft.tokenSource !== '' && areIssuersReady(draft.issuers, draft.algorithms);
  }
  const isNamed =
    authorizerTarget(draft, account) !== undefined || draft.lambda.includes('${stageVariables.');
  if (draft.type === 'TOKEN') return isNamed && draft.tokenSource !== '';
  // Without caching a REQUEST authorizer may look at nothing by name.
  return isNamed && (!draft.isCaching || draft.sources.some((one) => one.name !== ''));
}

/** The members of CreateAuthorizer. */
export interface AuthorizerInput {
  name: string;
  type: string;
  authorizerUri?: string;
  authorizerCredentials?: string;
  identitySource?: string;
  identityValidationExpression?: string;
  authorizerResultTtlInSeconds?: number;
  providerARNs?: string[];
  jwtConfiguration?: JwtConfiguration;
}

export function authorizerInput(draft: AuthorizerDraft, account: string): AuthorizerInput {
  if (draft.type === 'JWT') {
    return {
      name: draft.name,
      type: draft.type,
      identitySource: HEADER + draft.tokenSource,
      jwtConfiguration: jwtConfiguration(draft.issuers, draft.algorithms),
    };
  }
  const isPool = draft.type === 'COGNITO_USER_POOLS';
  const target = authorizerTarget(draft, account);
  const arn = target?.arn ?? `arn:aws:lambda:${draft.region}:${account}:function:${draft.lambda}`;
  const named = draft.sources.filter((one) => one.name).map((one) => one.place + one.name);
  const source = draft.type === 'REQUEST' ? named.join(',') : HEADER + draft.tokenSource;
  return {
    name: draft.name,
    type: draft.type,
    ...(isPool
      ? { providerARNs: draft.pools.split(/\s+/).filter(Boolean) }
      : { authorizerUri: integrationUri(arn, target?.region ?? draft.region) }),
    ...(draft.role && !isPool ? { authorizerCredentials: draft.role } : {}),
    ...(source ? { identitySource: source } : {}),
    ...(draft.tokenValidation && draft.type !== 'REQUEST'
      ? { identityValidationExpression: draft.tokenValidation }
      : {}),
    authorizerResultTtlInSeconds: draft.isCaching ? Number(draft.ttlS) : 0,
  };
}

/** What UpdateAuthorizer is given to get from the authorizer to the draft. */
export function authorizerPatches(before: Authorizer, input: AuthorizerInput): Patch[] {
  const names = [
    'name',
    'authorizerUri',
    'authorizerCredentials',
    'identitySource',
    'identityValidationExpression',
    ...(input.type === 'JWT' ? [] : (['authorizerResultTtlInSeconds'] as const)),
  ] as const;
  const single = names.flatMap((name): Patch[] => {
    const [was, is] = [String(before[name] ?? ''), String(input[name] ?? '')];
    return was === is ? [] : [{ op: 'replace', path: `/${name}`, value: is }];
  });
  const [was, is] = [before.providerARNs ?? [], input.providerARNs ?? []];
  const added = is
    .filter((arn) => !was.includes(arn))
    .map((value): Patch => ({ op: 'add', path: '/providerARNs', value }));
  const removed = was
    .filter((arn) => !is.includes(arn))
    .map((value): Patch => ({ op: 'remove', path: '/providerARNs', value }));
  return [...single, ...added, ...removed, ...jwtPatches(before, input)];
}

/** The configuration is replaced as a whole. */
function jwtPatches(before: Authorizer, input: AuthorizerInput): Patch[] {
  if (!input.jwtConfiguration) return [];
  const was = before.jwtConfiguration;
  const known = was && jwtConfiguration(issuersOf(was), was.defaultAlgorithms);
  const value = JSON.stringify(input.jwtConfiguration);
  if (JSON.stringify(known) === value) return [];
  return [{ op: 'replace', path: '/jwtConfiguration', value }];
}

/** The source ARN that lets an authorizer call its function. Across Regions it names the
 * function's Region, not the API's.
 *
 * Source: "Configure a cross-account API Gateway Lambda authorizer". */
export const authorizerArn = (
  region: string,
  account: string,
  api: string,
  authorizer: string,
): string => `arn:aws:execute-api:${region}:${account}:${api}/authorizers/${authorizer}`;
