import { methodUpdate, type Method, type Patch } from '../../api/apigateway';
import {
  validatorCreate,
  validatorList,
  type Authorizer,
  type RequestValidator,
} from '../../api/authorizers';
import { fromPairs, type Pair } from '../../ui/pairs-editor';

/** A parameter that the method names: of its query string or headers. */
export interface Parameter {
  name: string;
  required: boolean;
}

/** A method request as its form has it. */
export interface MethodRequestDraft {
  /** `NONE`, `AWS_IAM` or the id of an authorizer. */
  authorization: string;
  /** OAuth scopes, by spaces; for user pools and JWT authorizers alone. */
  scopes: string;
  needsKey: boolean;
  /** An entry of [`VALIDATIONS`], or empty for none. */
  validation: string;
  operationName: string;
  queries: Parameter[];
  headers: Parameter[];
  /** Models by content type. */
  models: Pair[];
}

/** The validators that the form offers, by AWS's names for them. */
export const VALIDATIONS = [
  { name: 'Validate body', validateRequestBody: true, validateRequestParameters: false },
  {
    name: 'Validate query string parameters and headers',
    validateRequestBody: false,
    validateRequestParameters: true,
  },
  {
    name: 'Validate body, query string parameters, and headers',
    validateRequestBody: true,
    validateRequestParameters: true,
  },
];

const QUERY = 'method.request.querystring.';
const HEADER = 'method.request.header.';

export const validationName = (validator: RequestValidator | undefined): string =>
  VALIDATIONS.find((one) => isSame(one, validator))?.name ?? '';

const isSame = (one: Omit<RequestValidator, 'id'>, other: RequestValidator | undefined): boolean =>
  one.validateRequestBody === other?.validateRequestBody &&
  one.validateRequestParameters === other.validateRequestParameters;

export function requestDraftOf(
  method: Method | undefined,
  validators: RequestValidator[],
): MethodRequestDraft {
  const named = (prefix: string) =>
    Object.entries(method?.requestParameters ?? {})
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, required]) => ({ name: name.slice(prefix.length), required }));
  const validator = validators.find((one) => one.id === method?.requestValidatorId);
  return {
    authorization: method?.authorizerId ?? method?.authorizationType ?? 'NONE',
    scopes: (method?.authorizationScopes ?? []).join(' '),
    needsKey: method?.apiKeyRequired ?? false,
    validation: validationName(validator),
    operationName: method?.operationName ?? '',
    queries: named(QUERY),
    headers: named(HEADER),
    models: Object.entries(method?.requestModels ?? {}).map(([name, value]) => ({ name, value })),
  };
}

/** Whether methods may ask for scopes of the authorizer's tokens. */
export const hasScopes = (authorizer: Authorizer | undefined): boolean =>
  authorizer?.type === 'COGNITO_USER_POOLS' || authorizer?.type === 'JWT';

/** The scopes of the draft; none where its authorizer knows none. */
function scopesOf(draft: MethodRequestDraft, authorizers: Authorizer[]): string[] {
  const authorizer = authorizers.find((one) => one.id === draft.authorization);
  return hasScopes(authorizer) ? draft.scopes.split(/[\s,]+/).filter(Boolean) : [];
}

/** The method's `authorizationType` and `authorizerId`. */
function authorization(draft: MethodRequestDraft, authorizers: Authorizer[]) {
  const authorizer = authorizers.find((one) => one.id === draft.authorization);
  if (!authorizer) return { type: draft.authorization, id: undefined };
  return { type: hasScopes(authorizer) ? authorizer.type : 'CUSTOM', id: authorizer.id };
}

/** The id of the validator that does what is wanted; made when the API has none. */
async function validatorOf(api: string, wanted: string): Promise<string | undefined> {
  const rules = VALIDATIONS.find((one) => one.name === wanted);
  if (!rules) return undefined;
  const found = (await validatorList(api)).find((one) => isSame(rules, one));
  return (found ?? (await validatorCreate(api, rules))).id;
}

function parametersOf(draft: MethodRequestDraft): Record<string, boolean> {
  const named = (prefix: string, all: Parameter[]) =>
    all.filter((one) => one.name).map((one) => [prefix + one.name, one.required] as const);
  return Object.fromEntries([...named(QUERY, draft.queries), ...named(HEADER, draft.headers)]);
}

/** What PutMethod is given. */
export async function putMethodInput(
  api: string,
  draft: MethodRequestDraft,
  authorizers: Authorizer[],
): Promise<Record<string, unknown>> {
  const { type, id } = authorization(draft, authorizers);
  const scopes = scopesOf(draft, authorizers);
  const models = draft.models.filter((one) => one.name && one.value);
  return {
    authorizationType: type,
    authorizerId: id,
    ...(scopes.length > 0 ? { authorizationScopes: scopes } : {}),
    apiKeyRequired: draft.needsKey,
    operationName: draft.operationName || undefined,
    requestValidatorId: await validatorOf(api, draft.validation),
    requestParameters: parametersOf(draft),
    requestModels: Object.fromEntries(models.map((one) => [one.name, one.value])),
  };
}

/** The AWS CLI's options for `put-method`. */
export function methodOptions(draft: MethodRequestDraft, authorizers: Authorizer[]) {
  const { type, id } = authorization(draft, authorizers);
  const parameters = parametersOf(draft);
  const scopes = scopesOf(draft, authorizers);
  const models = fromPairs(draft.models.filter((one) => one.value));
  return {
    'authorization-type': type,
    'authorizer-id': id,
    'authorization-scopes': scopes.length > 0 ? scopes : undefined,
    'api-key-required': draft.needsKey,
    'operation-name': draft.operationName,
    'request-parameters':
      Object.keys(parameters).length > 0 ? JSON.stringify(parameters) : undefined,
    'request-models': Object.keys(models).length > 0 ? JSON.stringify(models) : undefined,
  };
}

const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** What UpdateMethod is given to get from the method to the draft. */
export function methodPatches(
  method: Method,
  draft: MethodRequestDraft,
  authorizers: Authorizer[],
  validator: string | undefined,
): Patch[] {
  const patches: Patch[] = [];
  const { type, id } = authorization(draft, authorizers);
  if (type !== method.authorizationType || id !== method.authorizerId) {
    patches.push({ op: 'replace', path: '/authorizationType', value: type });
    if (id) patches.push({ op: 'replace', path: '/authorizerId', value: id });
  }
  const scopes = new Set(scopesOf(draft, authorizers));
  const before = new Set(method.authorizationScopes ?? []);
  for (const one of before) {
    if (!scopes.has(one)) patches.push({ op: 'remove', path: '/authorizationScopes', value: one });
  }
  for (const one of scopes) {
    if (!before.has(one)) patches.push({ op: 'add', path: '/authorizationScopes', value: one });
  }
  if (draft.needsKey !== method.apiKeyRequired) {
    patches.push({ op: 'replace', path: '/apiKeyRequired', value: String(draft.needsKey) });
  }
  if (draft.operationName !== (method.operationName ?? '')) {
    patches.push({ op: 'replace', path: '/operationName', value: draft.operationName });
  }
  if (validator !== method.requestValidatorId) {
    patches.push({ op: 'replace', path: '/requestValidatorId', value: validator ?? '' });
  }
  return [...patches, ...parameterPatches(method, draft), ...modelPatches(method, draft)];
}

function parameterPatches(method: Method, draft: MethodRequestDraft): Patch[] {
  const after = parametersOf(draft);
  const before = method.requestParameters ?? {};
  const isEdited = (name: string) => name.startsWith(QUERY) || name.startsWith(HEADER);
  const removed = Object.keys(before)
    .filter((name) => isEdited(name) && !(name in after))
    .map((name): Patch => ({ op: 'remove', path: `/requestParameters/${escaped(name)}` }));
  const set = Object.entries(after)
    .filter(([name, required]) => before[name] !== required)
    .map(([name, required]): Patch => ({
      op: name in before ? 'replace' : 'add',
      path: `/requestParameters/${escaped(name)}`,
      value: String(required),
    }));
  return [...removed, ...set];
}

function modelPatches(method: Method, draft: MethodRequestDraft): Patch[] {
  const before = method.requestModels ?? {};
  const kept = draft.models.filter((one) => one.name && one.value);
  const names = new Set(kept.map((one) => one.name));
  const removed = Object.keys(before)
    .filter((name) => !names.has(name))
    .map((name): Patch => ({ op: 'remove', path: `/requestModels/${escaped(name)}` }));
  const set = kept
    .filter(({ name, value }) => before[name] !== value)
    .map(({ name, value }): Patch => ({
      op: name in before ? 'replace' : 'add',
      path: `/requestModels/${escaped(name)}`,
      value,
    }));
  return [...removed, ...set];
}

/** Saves what differs; makes the validator when the API has none of its kind. */
export async function saveMethodRequest(
  at: { api: string; resource: string },
  method: Method,
  draft: MethodRequestDraft,
  authorizers: Authorizer[],
): Promise<void> {
  const validator = await validatorOf(at.api, draft.validation);
  const patches = methodPatches(method, draft, authorizers, validator);
  if (patches.length > 0) await methodUpdate(at.api, at.resource, method.httpMethod, patches);
}
