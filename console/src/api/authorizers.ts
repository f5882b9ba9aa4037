import { all, of, part, type Patch } from './apigateway';
import { rest } from './client';

/** Whose tokens a JWT authorizer believes. */
export interface JwtConfiguration {
  issuers: Array<{
    issuer: string;
    audiences: string[];
    additionalClaims?: Array<{
      claimName: string;
      format: string;
      required?: boolean;
      expectedValues?: string[];
    }>;
    /** In answers alone: where the server found the keys. */
    jwksUri?: string;
  }>;
  defaultAlgorithms: string[];
}

export interface Authorizer {
  id: string;
  name: string;
  /** `TOKEN`, `REQUEST`, `COGNITO_USER_POOLS` or `JWT`. */
  type: string;
  authorizerUri?: string;
  authorizerCredentials?: string;
  identitySource?: string;
  identityValidationExpression?: string;
  authorizerResultTtlInSeconds?: number;
  providerARNs?: string[];
  jwtConfiguration?: JwtConfiguration;
}

export interface AuthorizerTest {
  clientStatus: number;
  latency: number;
  log: string;
  principalId?: string;
  policy?: string;
  authorization?: Record<string, string[]>;
  claims?: Record<string, string>;
}

const API = 'apigateway';
const at = (api: string, authorizer: string) => of(api, `/authorizers/${part(authorizer)}`);

export const authorizerList = (api: string) => all<Authorizer>(of(api, '/authorizers'));
export const authorizerCreate = (api: string, input: Record<string, unknown>) =>
  rest<Authorizer>(API, 'POST', of(api, '/authorizers'), { body: input });
export const authorizerUpdate = (api: string, authorizer: string, patches: Patch[]) =>
  rest<Authorizer>(API, 'PATCH', at(api, authorizer), { body: { patchOperations: patches } });
export const authorizerDelete = (api: string, authorizer: string) =>
  rest(API, 'DELETE', at(api, authorizer));
export const authorizerTest = (api: string, authorizer: string, input: Record<string, unknown>) =>
  rest<AuthorizerTest>(API, 'POST', at(api, authorizer), { body: input });

export interface RequestValidator {
  id: string;
  name: string;
  validateRequestBody: boolean;
  validateRequestParameters: boolean;
}
export const validatorList = (api: string) => all<RequestValidator>(of(api, '/requestvalidators'));
export const validatorCreate = (api: string, input: Omit<RequestValidator, 'id'>) =>
  rest<RequestValidator>(API, 'POST', of(api, '/requestvalidators'), { body: input });
