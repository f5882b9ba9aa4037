import { rest, send } from './client';

export interface RestApi {
  id: string;
  name: string;
  description?: string;
  createdDate: number;
  endpointConfiguration?: { types?: string[]; ipAddressType?: string };
  policy?: string;
  rootResourceId?: string;
  apiKeySource?: string;
  disableExecuteApiEndpoint?: boolean;
  binaryMediaTypes?: string[];
  minimumCompressionSize?: number;
  tags?: Record<string, string>;
  warnings?: string[];
}

export interface IntegrationResponse {
  statusCode: string;
  selectionPattern?: string;
  contentHandling?: string;
  responseParameters?: Record<string, string>;
  responseTemplates?: Record<string, string | null>;
}

export interface Integration {
  type: string;
  httpMethod?: string;
  uri?: string;
  credentials?: string;
  requestParameters?: Record<string, string>;
  requestTemplates?: Record<string, string | null>;
  passthroughBehavior?: string;
  contentHandling?: string;
  timeoutInMillis?: number;
  connectionType?: string;
  connectionId?: string;
  cacheKeyParameters?: string[];
  responseTransferMode?: string;
  tlsConfig?: { insecureSkipVerification?: boolean };
  integrationResponses?: Record<string, IntegrationResponse>;
}

export interface MethodResponse {
  statusCode: string;
  responseParameters?: Record<string, boolean>;
  responseModels?: Record<string, string>;
}

export interface Method {
  httpMethod: string;
  authorizationType: string;
  authorizerId?: string;
  authorizationScopes?: string[];
  apiKeyRequired: boolean;
  operationName?: string;
  requestValidatorId?: string;
  requestParameters?: Record<string, boolean>;
  requestModels?: Record<string, string>;
  methodResponses?: Record<string, MethodResponse>;
  methodIntegration?: Integration;
}

export interface Resource {
  id: string;
  path: string;
  pathPart?: string;
  parentId?: string;
  resourceMethods?: Record<string, Method>;
}

/** Settings of a stage's methods: of one, or of all under a key of two asterisks. */
export interface MethodSettings {
  loggingLevel?: string;
  dataTraceEnabled?: boolean;
  metricsEnabled?: boolean;
  throttlingRateLimit?: number;
  throttlingBurstLimit?: number;
}

export interface Stage {
  stageName: string;
  deploymentId: string;
  description?: string;
  clientCertificateId?: string;
  createdDate: number;
  lastUpdatedDate: number;
  cacheClusterEnabled?: boolean;
  tracingEnabled?: boolean;
  variables?: Record<string, string>;
  methodSettings?: Record<string, MethodSettings>;
  accessLogSettings?: { format?: string; destinationArn?: string };
}

export interface Deployment {
  id: string;
  description?: string;
  createdDate: number;
}

export interface Model {
  id: string;
  name: string;
  description?: string;
  contentType: string;
  schema?: string;
}

export interface Patch {
  op: 'add' | 'remove' | 'replace';
  path: string;
  value?: string;
}

export interface TestResult {
  status: number;
  body?: string;
  headers?: Record<string, string>;
  log: string;
  latency: number;
}

const API = 'apigateway';
export const part = encodeURIComponent;
export const of = (api: string, rest = '') => `/restapis/${part(api)}${rest}`;
const method = (api: string, resource: string, verb: string, rest = '') =>
  of(api, `/resources/${part(resource)}/methods/${part(verb)}${rest}`);

/** Every item of a list, page after page. */
export async function all<T>(path: string, query: Record<string, string> = {}): Promise<T[]> {
  const found: T[] = [];
  let position: string | undefined;
  do {
    const page: { item?: T[]; position?: string } = await rest(API, 'GET', path, {
      query: { limit: 500, position, ...query },
    });
    found.push(...(page.item ?? []));
    position = page.position;
  } while (position);
  return found;
}

export const apiList = () => all<RestApi>('/restapis');
export const apiGet = (api: string) => rest<RestApi>(API, 'GET', of(api));
export const apiCreate = (input: Record<string, unknown>) =>
  rest<RestApi>(API, 'POST', '/restapis', { body: input });
export const apiDelete = (api: string) => rest(API, 'DELETE', of(api));
export const apiUpdate = (api: string, patches: Patch[]) =>
  rest<RestApi>(API, 'PATCH', of(api), { body: { patchOperations: patches } });

/** Creates an API from an OpenAPI document, JSON or YAML. */
export async function apiImport(
  document: string,
  failOnWarnings: boolean,
  endpoint: string,
): Promise<RestApi> {
  const response = await send({
    service: API,
    method: 'POST',
    path: '/restapis',
    query: { mode: 'import', failonwarnings: failOnWarnings, endpointConfigurationTypes: endpoint },
    headers: { 'content-type': 'application/json' },
    body: document,
  });
  return (await response.json()) as RestApi;
}

export async function resourceList(api: string): Promise<Resource[]> {
  const found = await all<Resource>(of(api, '/resources'), { embed: 'methods' });
  return found.sort((a, b) => a.path.localeCompare(b.path));
}
export const resourceCreate = (api: string, parent: string, pathPart: string) =>
  rest<Resource>(API, 'POST', of(api, `/resources/${part(parent)}`), { body: { pathPart } });
export const resourceDelete = (api: string, resource: string) =>
  rest(API, 'DELETE', of(api, `/resources/${part(resource)}`));

export const methodGet = (api: string, resource: string, verb: string) =>
  rest<Method>(API, 'GET', method(api, resource, verb));
export const methodPut = (
  api: string,
  resource: string,
  verb: string,
  input: Record<string, unknown>,
) => rest<Method>(API, 'PUT', method(api, resource, verb), { body: input });
export const methodUpdate = (api: string, resource: string, verb: string, patches: Patch[]) =>
  rest<Method>(API, 'PATCH', method(api, resource, verb), { body: { patchOperations: patches } });
export const methodDelete = (api: string, resource: string, verb: string) =>
  rest(API, 'DELETE', method(api, resource, verb));

export const integrationPut = (
  api: string,
  resource: string,
  verb: string,
  input: Record<string, unknown>,
) => rest<Integration>(API, 'PUT', method(api, resource, verb, '/integration'), { body: input });
export const integrationUpdate = (api: string, resource: string, verb: string, patches: Patch[]) =>
  rest<Integration>(API, 'PATCH', method(api, resource, verb, '/integration'), {
    body: { patchOperations: patches },
  });

export const methodResponsePut = (
  api: string,
  resource: string,
  verb: string,
  status: string,
  input: Record<string, unknown>,
) => rest(API, 'PUT', method(api, resource, verb, `/responses/${part(status)}`), { body: input });
export const methodResponseUpdate = (
  api: string,
  resource: string,
  verb: string,
  status: string,
  patches: Patch[],
) =>
  rest(API, 'PATCH', method(api, resource, verb, `/responses/${part(status)}`), {
    body: { patchOperations: patches },
  });
export const methodResponseDelete = (api: string, resource: string, verb: string, status: string) =>
  rest(API, 'DELETE', method(api, resource, verb, `/responses/${part(status)}`));

export const integrationResponsePut = (
  api: string,
  resource: string,
  verb: string,
  status: string,
  input: Record<string, unknown>,
) =>
  rest(API, 'PUT', method(api, resource, verb, `/integration/responses/${part(status)}`), {
    body: input,
  });
export const integrationResponseUpdate = (
  api: string,
  resource: string,
  verb: string,
  status: string,
  patches: Patch[],
) =>
  rest(API, 'PATCH', method(api, resource, verb, `/integration/responses/${part(status)}`), {
    body: { patchOperations: patches },
  });
export const integrationResponseDelete = (
  api: string,
  resource: string,
  verb: string,
  status: string,
) => rest(API, 'DELETE', method(api, resource, verb, `/integration/responses/${part(status)}`));

export const testInvoke = (
  api: string,
  resource: string,
  verb: string,
  input: Record<string, unknown>,
) => rest<TestResult>(API, 'POST', method(api, resource, verb), { body: input });

export const deploymentList = (api: string) => all<Deployment>(of(api, '/deployments'));
export const deploymentCreate = (api: string, input: Record<string, unknown>) =>
  rest<Deployment>(API, 'POST', of(api, '/deployments'), { body: input });

export const stageCreate = (api: string, input: Record<string, unknown>) =>
  rest<Stage>(API, 'POST', of(api, '/stages'), { body: input });

/** The methods of a deployment: `GET` and the like by path. */
export async function deploymentMethods(
  api: string,
  deployment: string,
): Promise<Record<string, string[]>> {
  const found = await rest<{ apiSummary?: Record<string, Record<string, unknown>> }>(
    API,
    'GET',
    of(api, `/deployments/${part(deployment)}`),
    { query: { embed: 'apisummary' } },
  );
  const paths = Object.entries(found.apiSummary ?? {});
  return Object.fromEntries(paths.map(([path, methods]) => [path, Object.keys(methods).sort()]));
}

export async function stageList(api: string): Promise<Stage[]> {
  const answer = await rest<{ item?: Stage[] }>(API, 'GET', of(api, '/stages'));
  return answer.item ?? [];
}
export const stageUpdate = (api: string, stage: string, patches: Patch[]) =>
  rest<Stage>(API, 'PATCH', of(api, `/stages/${part(stage)}`), {
    body: { patchOperations: patches },
  });
export const stageDelete = (api: string, stage: string) =>
  rest(API, 'DELETE', of(api, `/stages/${part(stage)}`));

/** The API as a stage serves it, as OpenAPI text. */
export async function stageExport(
  api: string,
  stage: string,
  type: 'oas30' | 'swagger',
  format: 'json' | 'yaml',
  extensions?: string,
): Promise<string> {
  const response = await send({
    service: API,
    method: 'GET',
    path: of(api, `/stages/${part(stage)}/exports/${type}`),
    query: { extensions },
    headers: { accept: `application/${format}` },
  });
  return response.text();
}

export const modelList = (api: string) => all<Model>(of(api, '/models'));
export const modelCreate = (api: string, input: Record<string, unknown>) =>
  rest<Model>(API, 'POST', of(api, '/models'), { body: input });
export const modelUpdate = (api: string, name: string, patches: Patch[]) =>
  rest<Model>(API, 'PATCH', of(api, `/models/${part(name)}`), {
    body: { patchOperations: patches },
  });
export const modelDelete = (api: string, name: string) =>
  rest(API, 'DELETE', of(api, `/models/${part(name)}`));

export interface GatewayResponse {
  responseType: string;
  statusCode?: string;
  responseParameters?: Record<string, string>;
  responseTemplates?: Record<string, string>;
  defaultResponse: boolean;
}
export const gatewayResponseList = (api: string) =>
  all<GatewayResponse>(of(api, '/gatewayresponses'));
export const gatewayResponsePut = (api: string, type: string, input: Record<string, unknown>) =>
  rest<GatewayResponse>(API, 'PUT', of(api, `/gatewayresponses/${part(type)}`), { body: input });
export const gatewayResponseUpdate = (api: string, type: string, patches: Patch[]) =>
  rest<GatewayResponse>(API, 'PATCH', of(api, `/gatewayresponses/${part(type)}`), {
    body: { patchOperations: patches },
  });
export const gatewayResponseDelete = (api: string, type: string) =>
  rest(API, 'DELETE', of(api, `/gatewayresponses/${part(type)}`));
