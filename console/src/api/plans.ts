import { all, part, type Patch } from './apigateway';
import { rest } from './client';

export interface ApiKey {
  id: string;
  name?: string;
  description?: string;
  value?: string;
  enabled: boolean;
  createdDate: number;
}

export interface Throttle {
  rateLimit?: number;
  burstLimit?: number;
}
export interface Quota {
  limit: number;
  offset?: number;
  period: string;
}
export interface PlanStage {
  apiId: string;
  stage: string;
  throttle?: Record<string, Throttle>;
}
export interface UsagePlan {
  id: string;
  name: string;
  description?: string;
  apiStages?: PlanStage[];
  throttle?: Throttle;
  quota?: Quota;
}
export interface PlanKey {
  id: string;
  type: string;
  name?: string;
}
/** Used and remaining requests of each day, by key. */
export type UsageByKey = Record<string, Array<[used: number, remaining: number]>>;

const API = 'apigateway';
const plan = (id: string, rest = '') => `/usageplans/${part(id)}${rest}`;

export const keyList = () => all<ApiKey>('/apikeys');
/** A key with its value. */
export const keyGet = (id: string) =>
  rest<ApiKey>(API, 'GET', `/apikeys/${part(id)}`, { query: { includeValue: true } });
export const keyCreate = (input: Record<string, unknown>) =>
  rest<ApiKey>(API, 'POST', '/apikeys', { body: input });
export const keyUpdate = (id: string, patches: Patch[]) =>
  rest<ApiKey>(API, 'PATCH', `/apikeys/${part(id)}`, { body: { patchOperations: patches } });
export const keyDelete = (id: string) => rest(API, 'DELETE', `/apikeys/${part(id)}`);

export const planList = () => all<UsagePlan>('/usageplans');
export const planGet = (id: string) => rest<UsagePlan>(API, 'GET', plan(id));
export const planCreate = (input: Record<string, unknown>) =>
  rest<UsagePlan>(API, 'POST', '/usageplans', { body: input });
export const planUpdate = (id: string, patches: Patch[]) =>
  rest<UsagePlan>(API, 'PATCH', plan(id), { body: { patchOperations: patches } });
export const planDelete = (id: string) => rest(API, 'DELETE', plan(id));

export const planKeyList = (id: string) => all<PlanKey>(plan(id, '/keys'));
export const planKeyAdd = (id: string, key: string) =>
  rest<PlanKey>(API, 'POST', plan(id, '/keys'), { body: { keyId: key, keyType: 'API_KEY' } });
export const planKeyRemove = (id: string, key: string) =>
  rest(API, 'DELETE', plan(id, `/keys/${part(key)}`));

/** What each key used from one day to another, both `yyyy-mm-dd`. */
export async function usageGet(id: string, startDate: string, endDate: string): Promise<UsageByKey> {
  const answer = await rest<{ values?: UsageByKey; items?: UsageByKey }>(
    API,
    'GET',
    plan(id, '/usage'),
    { query: { startDate, endDate, limit: 500 } },
  );
  return answer.values ?? answer.items ?? {};
}
/** Lets a key send so many requests more in this period. */
export const usageExtend = (id: string, key: string, remaining: number) =>
  rest(API, 'PATCH', plan(id, `/keys/${part(key)}/usage`), {
    body: { patchOperations: [{ op: 'replace', path: '/remaining', value: String(remaining) }] },
  });

export interface GatewayAccount {
  cloudwatchRoleArn?: string;
  throttleSettings?: Throttle;
}
export const accountGet = () => rest<GatewayAccount>(API, 'GET', '/account');
export const accountUpdate = (patches: Patch[]) =>
  rest<GatewayAccount>(API, 'PATCH', '/account', { body: { patchOperations: patches } });
