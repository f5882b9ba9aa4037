import type { GatewayResponse, Model, RestApi } from '../../api/apigateway';
import type { Authorizer, RequestValidator } from '../../api/authorizers';
import type { Facts } from './definition';
import { mapText, object, parsed, stable, text, type Json } from './definition-json';

/** What an API has beside its methods, as it is edited. */
export interface Settings {
  api: RestApi;
  authorizers: Authorizer[];
  models: Model[];
  validators: RequestValidator[];
  responses: GatewayResponse[];
}

/** The facts of what is edited. */
export function factsOfSettings(settings: Settings): Facts {
  const facts: Facts = new Map();
  const { api } = settings;
  for (const one of settings.responses.filter(({ defaultResponse }) => !defaultResponse)) {
    const members = gatewayMembers(one as unknown as Json);
    facts.set(`Gateway response ${one.responseType}`, { members });
  }
  for (const one of settings.models) {
    facts.set(`Model ${one.name}`, { members: { 'Model schema': schemaText(one.schema, api.id) } });
  }
  for (const one of settings.validators) {
    facts.set(`Request validator ${one.name}`, { members: validatorMembers(one) });
  }
  for (const one of settings.authorizers) {
    facts.set(`Authorizer ${one.name}`, { members: authorizerMembers(one as unknown as Json) });
  }
  if (api.policy) facts.set('Resource policy', { members: { Policy: policyText(api.policy) } });
  facts.set('API settings', {
    members: {
      'Binary media types': [...(api.binaryMediaTypes ?? [])].sort().join(', '),
      'API key source': api.apiKeySource === 'AUTHORIZER' ? 'AUTHORIZER' : '',
      'Minimum body size': text(api.minimumCompressionSize),
      'Default endpoint': api.disableExecuteApiEndpoint ? 'Inactive' : '',
    },
  });
  return facts;
}

/** The same of an exported document. */
export function factsOfExtensions(document: Json): Facts {
  const facts: Facts = new Map();
  const each = (value: unknown, noun: string, members: (one: Json) => Record<string, string>) => {
    for (const [name, one] of Object.entries(object(value))) {
      facts.set(`${noun} ${name}`, { members: members(object(one)) });
    }
  };
  const components = object(document['components']);
  each(document['x-amazon-apigateway-gateway-responses'], 'Gateway response', gatewayMembers);
  each(components['schemas'], 'Model', (schema) => ({ 'Model schema': stable(schema) }));
  each(document['x-amazon-apigateway-request-validators'], 'Request validator', validatorMembers);
  for (const [name, scheme] of Object.entries(object(components['securitySchemes']))) {
    const authorizer = object(scheme)['x-amazon-apigateway-authorizer'];
    if (authorizer === undefined) continue;
    facts.set(`Authorizer ${name}`, { members: authorizerMembers(object(authorizer)) });
  }
  const policy = document['x-amazon-apigateway-policy'];
  if (policy !== undefined) facts.set('Resource policy', { members: { Policy: stable(policy) } });
  const endpoint = object(document['x-amazon-apigateway-endpoint-configuration']);
  const types = document['x-amazon-apigateway-binary-media-types'];
  facts.set('API settings', {
    members: {
      'Binary media types': Array.isArray(types) ? types.map(text).sort().join(', ') : '',
      'API key source': text(document['x-amazon-apigateway-api-key-source']),
      'Minimum body size': text(document['x-amazon-apigateway-minimum-compression-size']),
      'Default endpoint': endpoint['disableExecuteApiEndpoint'] === true ? 'Inactive' : '',
    },
  });
  return facts;
}

const gatewayMembers = (response: Json): Record<string, string> => ({
  'Status code': text(response['statusCode']),
  'Response headers': mapText(response['responseParameters']),
  'Response templates': mapText(response['responseTemplates']),
});

/** A schema with its references as an exported document has them. */
function schemaText(schema: string | undefined, api: string): string {
  const own = `https://apigateway.amazonaws.com/restapis/${api}/models/`;
  return stable(parsed((schema ?? '{}').replaceAll(own, '#/components/schemas/')));
}

const validatorMembers = (validator: Json | RequestValidator): Record<string, string> => ({
  'Validate body': validator['validateRequestBody'] === true ? 'True' : 'False',
  'Validate parameters': validator['validateRequestParameters'] === true ? 'True' : 'False',
});

function authorizerMembers(authorizer: Json): Record<string, string> {
  return {
    Type: text(authorizer['type']).toUpperCase(),
    'Authorizer URI': text(authorizer['authorizerUri']),
    'Invoke role': text(authorizer['authorizerCredentials']),
    'Identity sources': text(authorizer['identitySource']),
    'Token validation': text(authorizer['identityValidationExpression']),
    'TTL (seconds)': text(authorizer['authorizerResultTtlInSeconds']),
    'User pools': mapList(authorizer['providerARNs']),
    Issuers: mapText(withoutAddresses(authorizer['jwtConfiguration'])),
  };
}

const mapList = (value: unknown): string =>
  Array.isArray(value) ? value.map(text).sort().join(', ') : '';

/** Where an issuer's keys are is the server's finding, no setting. */
function withoutAddresses(configuration: unknown): Json {
  const { issuers, ...rest } = object(configuration);
  if (!Array.isArray(issuers)) return rest;
  const bare = issuers.map((one) => ({ ...object(one), jwksUri: undefined }));
  return { ...rest, issuers: bare };
}

/** The API answers its policy as JSON inside a JSON text, with escaped quotes. */
export const policyText = (policy: string): string =>
  stable(parsed(policy.replaceAll('\\"', '"').replaceAll('\\/', '/')));
