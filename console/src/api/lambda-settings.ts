import { rest } from './client';
import type { Permission } from './lambda';

const part = encodeURIComponent;

export interface Cors {
  AllowOrigins?: string[];
  AllowMethods?: string[];
  AllowHeaders?: string[];
}
export interface FunctionUrl {
  FunctionUrl: string;
  AuthType: string;
  Cors?: Cors;
  CreationTime: string;
}
export interface EventConfig {
  MaximumRetryAttempts?: number;
  MaximumEventAgeInSeconds?: number;
}

/** What is there; nothing when the API says that it is not found. */
async function found<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

const url = (name: string) => `/2021-10-31/functions/${part(name)}/url`;
export const urlGet = (name: string) => found(rest<FunctionUrl>('lambda', 'GET', url(name)));
export const urlPut = (isNew: boolean, name: string, input: { AuthType: string; Cors?: Cors }) =>
  rest<FunctionUrl>('lambda', isNew ? 'POST' : 'PUT', url(name), { body: input });
export const urlDelete = (name: string) => rest('lambda', 'DELETE', url(name));

/** The statements that let everybody call a function's URL.
 *
 * Source: "Control access to Lambda function URLs": both actions are needed since October 2025. */
export const PUBLIC_URL: Array<Permission & Record<string, unknown>> = [
  {
    StatementId: 'FunctionURLAllowPublicAccess',
    Action: 'lambda:InvokeFunctionUrl',
    Principal: '*',
    FunctionUrlAuthType: 'NONE',
  },
  {
    StatementId: 'FunctionURLInvokeAllowPublicAccess',
    Action: 'lambda:InvokeFunction',
    Principal: '*',
    InvokedViaFunctionUrl: true,
  },
];

export interface Concurrency {
  ReservedConcurrentExecutions?: number;
}
export const concurrencyGet = (name: string) =>
  rest<Concurrency>('lambda', 'GET', `/2019-09-30/functions/${part(name)}/concurrency`);
export const concurrencyPut = (name: string, reserved: number | undefined) => {
  const path = `/2017-10-31/functions/${part(name)}/concurrency`;
  if (reserved === undefined) return rest('lambda', 'DELETE', path);
  return rest('lambda', 'PUT', path, { body: { ReservedConcurrentExecutions: reserved } });
};
export const accountSettings = () =>
  rest<{
    AccountLimit: { ConcurrentExecutions: number; UnreservedConcurrentExecutions: number };
  }>('lambda', 'GET', '/2016-08-19/account-settings/');

const event = (name: string) => `/2019-09-25/functions/${part(name)}/event-invoke-config`;
export const eventConfigGet = (name: string) =>
  found(rest<EventConfig>('lambda', 'GET', event(name)));
export const eventConfigPut = (name: string, input: EventConfig) =>
  rest<EventConfig>('lambda', 'PUT', event(name), { body: input });

const tags = (arn: string) => `/2017-03-31/tags/${part(arn)}`;
export const tagList = (arn: string) =>
  rest<{ Tags?: Record<string, string> }>('lambda', 'GET', tags(arn));
export const tagsAdd = (arn: string, added: Record<string, string>) =>
  rest('lambda', 'POST', tags(arn), { body: { Tags: added } });
export const tagsRemove = (arn: string, keys: string[]) =>
  rest('lambda', 'DELETE', `${tags(arn)}?${keys.map((key) => `tagKeys=${part(key)}`).join('&')}`);
