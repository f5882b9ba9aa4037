import {
  gatewayResponseList,
  resourceList,
  stageExport,
  type GatewayResponse,
  type Method,
  type Resource,
} from '../../api/apigateway';
import { authorizerList } from '../../api/authorizers';

/** What differs between what is edited and what a stage serves. */
export interface Change {
  kind: 'added' | 'removed' | 'changed';
  /** `GET /pets`, or what else it is of. */
  what: string;
  path?: string | undefined;
  verb?: string | undefined;
  /** The members that differ. */
  fields: Array<{ name: string; before: string; after: string }>;
}

/** Methods and other things by their names, each with its members as texts. */
type Facts = Map<string, { path?: string; verb?: string; members: Record<string, string> }>;

/** A part of an exported OpenAPI document; what it holds is looked at member by member. */
type Json = { [name: string]: unknown };
const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const text = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : stable(value);

/** JSON with members in one order, so that equal values are equal texts. */
function stable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stable).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).filter(([, one]) => one !== null && one !== undefined);
  const sorted = pairs.sort(([one], [other]) => one.localeCompare(other));
  return `{${sorted.map(([name, one]) => `${JSON.stringify(name)}:${stable(one)}`).join(', ')}}`;
}

const TIMEOUT_MS_DEFAULT = 29_000;

/** The members of an integration that both forms of it have. */
function integrationMembers(integration: Json | undefined): Record<string, string> {
  if (!integration) return {};
  const upper = (value: unknown) => text(value).toUpperCase();
  const type = upper(integration['type']);
  const timeout = Number(integration['timeoutInMillis'] ?? TIMEOUT_MS_DEFAULT);
  const isMock = type === 'MOCK';
  return {
    'Integration type': type,
    'Integration HTTP method': isMock ? '' : upper(integration['httpMethod']),
    'Integration URI': isMock ? '' : text(integration['uri']),
    'Execution role': text(integration['credentials']),
    'Content handling': upper(integration['contentHandling']),
    'Request body passthrough': upper(integration['passthroughBehavior']),
    'Mapped parameters': mapText(integration['requestParameters']),
    'Mapping templates': mapText(integration['requestTemplates']),
    Timeout: timeout === TIMEOUT_MS_DEFAULT ? '' : `${timeout} ms`,
  };
}

const mapText = (value: unknown): string =>
  Object.keys(object(value)).length === 0 ? '' : stable(value);

function responseMembers(pattern: string, response: Json): [string, string] {
  const kept = {
    status: text(response['statusCode']),
    parameters: object(response['responseParameters']),
    templates: object(response['responseTemplates']),
    contentHandling: text(response['contentHandling']).toUpperCase(),
  };
  return [`Integration response ${pattern || 'default'}`, stable(kept)];
}

/** The facts of a method as GetResources tells it. */
function methodMembers(method: Method, authorizers: Map<string, string>): Record<string, string> {
  const integration = method.methodIntegration;
  const responses = Object.values(integration?.integrationResponses ?? {}).map((one) =>
    responseMembers(one.selectionPattern ?? '', one as unknown as Json),
  );
  const names = Object.keys(method.requestParameters ?? {}).map((name) =>
    name.replace('method.request.', '').replace('querystring.', 'query.'),
  );
  return {
    Authorization: authorizers.get(method.authorizerId ?? '') ?? authorizationText(method),
    'API key required': method.apiKeyRequired ? 'True' : '',
    'Operation name': method.operationName ?? '',
    Parameters: names.sort().join(', '),
    'Request models': Object.entries(method.requestModels ?? {})
      .map(([type, model]) => `${type}: ${model}`)
      .sort()
      .join(', '),
    'Method responses': Object.keys(method.methodResponses ?? {}).sort().join(', '),
    ...integrationMembers(integration as unknown as Json | undefined),
    ...Object.fromEntries(responses),
  };
}

const authorizationText = (method: Method): string =>
  method.authorizationType === 'NONE' ? '' : method.authorizationType;

/** The facts of the same method as an exported document tells it. */
function operationMembers(operation: Json): Record<string, string> {
  const integration = operation['x-amazon-apigateway-integration'];
  const security = (operation['security'] as Json[] | undefined) ?? [];
  const names = security.flatMap((one) => Object.keys(one));
  const auth = object(operation['x-amazon-apigateway-auth']);
  const authorizer = names.find((name) => name !== 'api_key' && name !== 'sigv4');
  const isIam = names.includes('sigv4') || text(auth['type']).toUpperCase() === 'AWS_IAM';
  const parameters = ((operation['parameters'] as Json[] | undefined) ?? [])
    .filter((one) => one['in'] !== 'body')
    .map((one) => `${text(one['in'])}.${text(one['name'])}`);
  const content = object(object(operation['requestBody'])['content']);
  const models = Object.entries(content).map(
    ([type, one]) => `${type}: ${text(object(object(one)['schema'])['$ref']).split('/').pop() ?? ''}`,
  );
  const responses = Object.entries(object(object(integration)['responses'])).map(
    ([pattern, one]) => responseMembers(pattern === 'default' ? '' : pattern, object(one)),
  );
  return {
    Authorization: authorizer ?? (isIam ? 'AWS_IAM' : ''),
    'API key required': names.includes('api_key') ? 'True' : '',
    'Operation name': text(operation['operationId']),
    Parameters: parameters.sort().join(', '),
    'Request models': models.sort().join(', '),
    'Method responses': Object.keys(object(operation['responses'])).sort().join(', '),
    ...integrationMembers(integration === undefined ? undefined : object(integration)),
    ...Object.fromEntries(responses),
  };
}

const VERBS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch']);
const ANY = 'x-amazon-apigateway-any-method';

function factsOfDocument(document: Json): Facts {
  const facts: Facts = new Map();
  for (const [path, item] of Object.entries(object(document['paths']))) {
    for (const [name, operation] of Object.entries(object(item))) {
      if (!VERBS.has(name) && name !== ANY) continue;
      const verb = name === ANY ? 'ANY' : name.toUpperCase();
      facts.set(`${verb} ${path}`, { path, verb, members: operationMembers(object(operation)) });
    }
  }
  const responses = object(document['x-amazon-apigateway-gateway-responses']);
  for (const [type, one] of Object.entries(responses)) {
    facts.set(`Gateway response ${type}`, { members: gatewayMembers(object(one)) });
  }
  return facts;
}

function factsOfEdited(
  resources: Resource[],
  authorizers: Map<string, string>,
  responses: GatewayResponse[],
): Facts {
  const facts: Facts = new Map();
  for (const { path, resourceMethods } of resources) {
    for (const [verb, method] of Object.entries(resourceMethods ?? {})) {
      facts.set(`${verb} ${path}`, { path, verb, members: methodMembers(method, authorizers) });
    }
  }
  for (const one of responses.filter(({ defaultResponse }) => !defaultResponse)) {
    const members = gatewayMembers(one as unknown as Json);
    facts.set(`Gateway response ${one.responseType}`, { members });
  }
  return facts;
}

const gatewayMembers = (response: Json): Record<string, string> => ({
  'Status code': text(response['statusCode']),
  'Response headers': mapText(response['responseParameters']),
  'Response templates': mapText(response['responseTemplates']),
});

/** What a deployment to the stage would change: methods with all that they have, and gateway
 * responses. Models, validators and the resource policy are not compared. */
export async function undeployed(api: string, stage: string): Promise<Change[]> {
  const [exported, resources, authorizers, responses] = await Promise.all([
    stageExport(api, stage, 'oas30', 'json', 'apigateway'),
    resourceList(api),
    authorizerList(api),
    gatewayResponseList(api),
  ]);
  const names = new Map(authorizers.map(({ id, name }) => [id, name]));
  const before = factsOfDocument(JSON.parse(exported) as Json);
  return changes(before, factsOfEdited(resources, names, responses));
}

function changes(before: Facts, after: Facts): Change[] {
  const found: Change[] = [];
  for (const [what, { path, verb, members }] of after) {
    const old = before.get(what);
    const fields = differing(old?.members ?? {}, members);
    if (!old) found.push({ kind: 'added', what, path, verb, fields });
    else if (fields.length > 0) found.push({ kind: 'changed', what, path, verb, fields });
  }
  for (const [what, { path, verb }] of before) {
    if (!after.has(what)) found.push({ kind: 'removed', what, path, verb, fields: [] });
  }
  return found.sort((one, other) => one.what.localeCompare(other.what));
}

function differing(before: Record<string, string>, after: Record<string, string>) {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .map((name) => ({ name, before: before[name] ?? '', after: after[name] ?? '' }))
    .filter((one) => one.before !== one.after);
}
