import * as apigateway from '../../api/apigateway';
import type { Patch, Resource } from '../../api/apigateway';
import { command, patchCommand } from '../../api/cli';

export const CORS_HEADERS =
  'Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token';

/** What browsers of other origins may do. */
export interface Cors {
  /** `OPTIONS` included. */
  methods: string[];
  headers: string;
  origin: string;
  exposed: string;
  maxAge: string;
  hasCredentials: boolean;
  /** Gateway responses that say so, too. */
  gatewayResponses: string[];
}

export const CORS: Cors = {
  methods: ['OPTIONS'],
  headers: CORS_HEADERS,
  origin: '*',
  exposed: '',
  maxAge: '',
  hasCredentials: false,
  gatewayResponses: [],
};

/** A call and the AWS CLI's command for it. */
export interface Step {
  cli: string;
  run: () => Promise<unknown>;
}

const PREFIX = 'method.response.header.Access-Control-';

/** The headers that answer a preflight request, as static values of a mapping. */
function preflightHeaders(cors: Cors): Record<string, string> {
  const said: Array<[name: string, value: string]> = [
    ['Allow-Headers', cors.headers],
    ['Allow-Methods', cors.methods.join(',')],
    ['Allow-Origin', cors.origin],
    ['Max-Age', cors.maxAge],
    ['Allow-Credentials', cors.hasCredentials ? 'true' : ''],
  ];
  return quotedHeaders(said);
}

/** The headers that answers to the requests themselves have. */
function answerHeaders(cors: Cors): Record<string, string> {
  return quotedHeaders([
    ['Allow-Origin', cors.origin],
    ['Expose-Headers', cors.exposed],
    ['Allow-Credentials', cors.hasCredentials ? 'true' : ''],
  ]);
}

const quotedHeaders = (all: Array<[name: string, value: string]>): Record<string, string> =>
  Object.fromEntries(
    all.filter(([, value]) => value).map(([name, value]) => [PREFIX + name, `'${value}'`]),
  );

/** An OPTIONS method that answers preflight requests by itself, as AWS's console makes it. */
export function preflightSteps(api: string, resource: Resource, cors: Cors): Step[] {
  const of = [api, resource.id, 'OPTIONS'] as const;
  const at = { 'rest-api-id': api, 'resource-id': resource.id, 'http-method': 'OPTIONS' };
  const cli = (operation: string, more: Record<string, string>) =>
    command('apigateway', operation, { ...at, ...more });
  const json = JSON.stringify;
  const headers = preflightHeaders(cors);
  const named = Object.fromEntries(Object.keys(headers).map((name) => [name, false]));
  const models = { 'application/json': 'Empty' };
  const templates = { 'application/json': '{"statusCode": 200}' };
  const steps: Step[] = [
    {
      cli: cli('put-method', { 'authorization-type': 'NONE' }),
      run: () => apigateway.methodPut(...of, { authorizationType: 'NONE' }),
    },
    {
      cli: cli('put-method-response', {
        'status-code': '200',
        'response-models': json(models),
        'response-parameters': json(named),
      }),
      run: () =>
        apigateway.methodResponsePut(...of, '200', {
          responseModels: models,
          responseParameters: named,
        }),
    },
    {
      cli: cli('put-integration', {
        type: 'MOCK',
        'passthrough-behavior': 'WHEN_NO_MATCH',
        'request-templates': json(templates),
      }),
      run: () =>
        apigateway.integrationPut(...of, {
          type: 'MOCK',
          passthroughBehavior: 'WHEN_NO_MATCH',
          requestTemplates: templates,
        }),
    },
    {
      cli: cli('put-integration-response', {
        'status-code': '200',
        'response-parameters': json(headers),
      }),
      run: () =>
        apigateway.integrationResponsePut(...of, '200', { responseParameters: headers }),
    },
  ];
  if (!resource.resourceMethods?.['OPTIONS']) return steps;
  return [{ cli: cli('delete-method', {}), run: () => apigateway.methodDelete(...of) }, ...steps];
}

/** Adds the headers to a method's 200 response; proxy integrations answer by themselves. */
function answerSteps(api: string, resource: Resource, verb: string, cors: Cors): Step[] {
  const method = resource.resourceMethods?.[verb];
  const integration = method?.methodIntegration;
  const answer = integration?.integrationResponses?.['200'];
  if (!answer || integration?.type.endsWith('_PROXY')) return [];
  const at = {
    'rest-api-id': api,
    'resource-id': resource.id,
    'http-method': verb,
    'status-code': '200',
  };
  const headers = answerHeaders(cors);
  const known = method?.methodResponses?.['200']?.responseParameters ?? {};
  const named = Object.keys(headers)
    .filter((name) => !(name in known))
    .map((name): Patch => ({ op: 'add', path: `/responseParameters/${name}`, value: 'false' }));
  const mapped = headerPatches(headers, answer.responseParameters);
  const of = [api, resource.id, verb, '200'] as const;
  return [
    {
      cli: patchCommand('update-method-response', at, named),
      run: () => apigateway.methodResponseUpdate(...of, named),
    },
    {
      cli: patchCommand('update-integration-response', at, mapped),
      run: () => apigateway.integrationResponseUpdate(...of, mapped),
    },
  ].filter((_, index) => index > 0 || named.length > 0);
}

const headerPatches = (
  headers: Record<string, string>,
  before: Record<string, string> | undefined,
): Patch[] =>
  Object.entries(headers).map(([name, value]) => ({
    op: before && name in before ? 'replace' : 'add',
    path: `/responseParameters/${name}`,
    value,
  }));

/** Adds the headers to what API Gateway answers by itself. */
function gatewaySteps(api: string, cors: Cors): Step[] {
  const headers = Object.entries(answerHeaders(cors)).map(([name, value]): [string, string] => [
    name.replace('method.response.', 'gatewayresponse.'),
    value,
  ]);
  const patches = headerPatches(Object.fromEntries(headers), undefined);
  return cors.gatewayResponses.map((type) => ({
    cli: patchCommand(
      'update-gateway-response',
      { 'rest-api-id': api, 'response-type': type },
      patches,
    ),
    run: () => apigateway.gatewayResponseUpdate(api, type, patches),
  }));
}

/** Everything that `Enable CORS` does, in order. */
export function corsSteps(api: string, resource: Resource, cors: Cors): Step[] {
  const verbs = cors.methods.filter((verb) => verb !== 'OPTIONS');
  return [
    ...preflightSteps(api, resource, cors),
    ...verbs.flatMap((verb) => answerSteps(api, resource, verb, cors)),
    ...gatewaySteps(api, cors),
  ];
}

export async function runSteps(steps: Step[]): Promise<void> {
  for (const step of steps) await step.run();
}
