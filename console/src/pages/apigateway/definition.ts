import {
  apiGet,
  gatewayResponseList,
  modelList,
  resourceList,
  stageExport,
  type Method,
  type Resource,
} from '../../api/apigateway';
import { authorizerList, validatorList } from '../../api/authorizers';
import { mapText, object, stable, text, type Json } from './definition-json';
import { factsOfExtensions, factsOfSettings } from './definition-settings';

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
export type Facts = Map<string, { path?: string; verb?: string; members: Record<string, string> }>;

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
function methodMembers(method: Method, names: Names): Record<string, string> {
  const integration = method.methodIntegration;
  const responses = Object.values(integration?.integrationResponses ?? {}).map((one) =>
    responseMembers(one.selectionPattern ?? '', one as unknown as Json),
  );
  const parameters = Object.entries(method.requestParameters ?? {}).map(([name, isRequired]) =>
    parameterText(name.replace('method.request.', '').replace('querystring.', 'query.'), isRequired),
  );
  return {
    Authorization: names.authorizers.get(method.authorizerId ?? '') ?? authorizationText(method),
    'Authorization scopes': [...(method.authorizationScopes ?? [])].sort().join(' '),
    'Request validator': names.validators.get(method.requestValidatorId ?? '') ?? '',
    'API key required': method.apiKeyRequired ? 'True' : '',
    'Operation name': method.operationName ?? '',
    Parameters: parameters.sort().join(', '),
    'Request models': Object.entries(method.requestModels ?? {})
      .map(([type, model]) => `${type}: ${model}`)
      .sort()
      .join(', '),
    'Method responses': Object.keys(method.methodResponses ?? {}).sort().join(', '),
    ...integrationMembers(integration as unknown as Json | undefined),
    ...Object.fromEntries(responses),
  };
}

/** Parameters of the path are always required. */
const parameterText = (name: string, isRequired: boolean): string =>
  isRequired && !name.startsWith('path.') ? `${name} (required)` : name;

const authorizationText = (method: Method): string =>
  method.authorizationType === 'NONE' ? '' : method.authorizationType;

/** The facts of the same method as an exported document tells it. */
function operationMembers(operation: Json): Record<string, string> {
  const integration = operation['x-amazon-apigateway-integration'];
  const security = (operation['security'] as Json[] | undefined) ?? [];
  const names = security.flatMap((one) => Object.keys(one));
  const scopes = security.flatMap((one) => Object.values(one).flatMap((all) => all as string[]));
  const auth = object(operation['x-amazon-apigateway-auth']);
  const authorizer = names.find((name) => name !== 'api_key' && name !== 'sigv4');
  const isIam = names.includes('sigv4') || text(auth['type']).toUpperCase() === 'AWS_IAM';
  const parameters = ((operation['parameters'] as Json[] | undefined) ?? [])
    .filter((one) => one['in'] !== 'body')
    .map((one) =>
      parameterText(`${text(one['in'])}.${text(one['name'])}`, one['required'] === true),
    );
  const content = object(object(operation['requestBody'])['content']);
  const models = Object.entries(content).map(
    ([type, one]) => `${type}: ${text(object(object(one)['schema'])['$ref']).split('/').pop() ?? ''}`,
  );
  const responses = Object.entries(object(object(integration)['responses'])).map(
    ([pattern, one]) => responseMembers(pattern === 'default' ? '' : pattern, object(one)),
  );
  return {
    Authorization: authorizer ?? (isIam ? 'AWS_IAM' : ''),
    'Authorization scopes': scopes.sort().join(' '),
    'Request validator': text(operation['x-amazon-apigateway-request-validator']),
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
  return facts;
}

/** What the methods' facts name by ids. */
interface Names {
  authorizers: Map<string, string>;
  validators: Map<string, string>;
}

function factsOfMethods(resources: Resource[], names: Names): Facts {
  const facts: Facts = new Map();
  for (const { path, resourceMethods } of resources) {
    for (const [verb, method] of Object.entries(resourceMethods ?? {})) {
      facts.set(`${verb} ${path}`, { path, verb, members: methodMembers(method, names) });
    }
  }
  return facts;
}

/** What a deployment to the stage would change: methods with all that they have, authorizers,
 * models, validators, gateway responses, the resource policy and the API's settings. */
export async function undeployed(api: string, stage: string): Promise<Change[]> {
  const [exported, resources, authorizers, responses, models, validators, own] = await Promise.all([
    stageExport(api, stage, 'oas30', 'json', 'apigateway'),
    resourceList(api),
    authorizerList(api),
    gatewayResponseList(api),
    modelList(api),
    validatorList(api),
    apiGet(api),
  ]);
  const document = JSON.parse(exported) as Json;
  const names = {
    authorizers: new Map(authorizers.map(({ id, name }) => [id, name])),
    validators: new Map(validators.map(({ id, name }) => [id, name])),
  };
  const before = [...factsOfDocument(document), ...factsOfExtensions(document)];
  const settings = { api: own, authorizers, models, validators, responses };
  const after = [...factsOfMethods(resources, names), ...factsOfSettings(settings)];
  return changes(new Map(before), new Map(after));
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
