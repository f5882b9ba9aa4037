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
/** Where what became of an asynchronous event is sent. */
export interface Destinations {
  OnSuccess?: { Destination?: string };
  OnFailure?: { Destination?: string };
}
export interface EventConfig {
  MaximumRetryAttempts?: number;
  MaximumEventAgeInSeconds?: number;
  DestinationConfig?: Destinations;
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
/** Sets the whole configuration: what is not given is AWS's default from then on. */
export const eventConfigPut = (name: string, config: EventConfig) => {
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = config;
  const body = { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig };
  return rest<EventConfig>('lambda', 'PUT', event(name), { body });
};

/** Executions that are kept initialised for a version or an alias. */
export interface Provisioned {
  FunctionArn: string;
  RequestedProvisionedConcurrentExecutions: number;
  AvailableProvisionedConcurrentExecutions: number;
  AllocatedProvisionedConcurrentExecutions: number;
  Status: string;
  StatusReason?: string;
}
const provisioned = (name: string) =>
  `/2019-09-30/functions/${part(name)}/provisioned-concurrency`;
export async function provisionedList(name: string): Promise<Provisioned[]> {
  const all: Provisioned[] = [];
  let marker: string | undefined;
  do {
    const page: { ProvisionedConcurrencyConfigs?: Provisioned[]; NextMarker?: string | null } =
      await rest('lambda', 'GET', provisioned(name), { query: { List: 'ALL', Marker: marker } });
    all.push(...(page.ProvisionedConcurrencyConfigs ?? []));
    marker = page.NextMarker ?? undefined;
  } while (marker);
  return all;
}
export const provisionedPut = (name: string, qualifier: string, count: number) =>
  rest<Provisioned>('lambda', 'PUT', provisioned(name), {
    query: { Qualifier: qualifier },
    body: { ProvisionedConcurrentExecutions: count },
  });
export const provisionedDelete = (name: string, qualifier: string) =>
  rest('lambda', 'DELETE', provisioned(name), { query: { Qualifier: qualifier } });

const tags = (arn: string) => `/2017-03-31/tags/${part(arn)}`;
export const tagList = (arn: string) =>
  rest<{ Tags?: Record<string, string> }>('lambda', 'GET', tags(arn));
export const tagsAdd = (arn: string, added: Record<string, string>) =>
  rest('lambda', 'POST', tags(arn), { body: { Tags: added } });
export const tagsRemove = (arn: string, keys: string[]) =>
  rest('lambda', 'DELETE', `${tags(arn)}?${keys.map((key) => `tagKeys=${part(key)}`).join('&')}`);
