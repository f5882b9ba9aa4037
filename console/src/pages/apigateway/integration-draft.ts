import * as apigateway from '../../api/apigateway';
import type { Integration, Method } from '../../api/apigateway';
import { functionName, functionOfUri, integrationUri, type FunctionName } from '../../api/arn';
import { command } from '../../api/cli';
import { here } from '../../api/place';
import { fromPairs, toPairs, type Pair } from '../../ui/pairs-editor';

export type Kind = 'LAMBDA' | 'HTTP' | 'MOCK' | 'AWS' | 'VPC';

/** An integration as its form has it. */
export interface IntegrationDraft {
  kind: Kind;
  isProxy: boolean;
  region: string;
  lambda: string;
  httpMethod: string;
  url: string;
  /** The VPC link, or a stage variable that names one. */
  link: string;
  /** `BUFFERED` or `STREAM`, of proxies. */
  transfer: string;
  /** Of an AWS service that is no function: taken as it is. */
  uri: string;
  credentials: string;
  hasDefaultTimeout: boolean;
  timeoutMs: string;
  passthrough: string;
  /** `integration.request.path.id` and the like, with what they are mapped from. */
  parameters: Pair[];
  contentHandling: string;
  templates: Pair[];
  /** What the form does not show, and saving keeps. */
  kept: Pick<Integration, 'cacheKeyParameters' | 'tlsConfig'>;
}

/** What becomes of a body without a template. */
export const PASSTHROUGH = [
  { value: 'WHEN_NO_TEMPLATES', label: 'When there are no templates defined (recommended)' },
  {
    value: 'WHEN_NO_MATCH',
    label: 'When no template matches the request content-type header',
  },
  { value: 'NEVER', label: 'Never' },
];

const TIMEOUT_MS_DEFAULT = 29_000;

export function draftOf(integration: Integration | undefined): IntegrationDraft {
  const functionArn = functionOfUri(integration?.uri);
  const type = integration?.type ?? 'AWS_PROXY';
  const isLambda = functionArn !== undefined || type === 'AWS_PROXY';
  const timeout = integration?.timeoutInMillis ?? TIMEOUT_MS_DEFAULT;
  return {
    kind: kindOf(type, isLambda, integration?.connectionType),
    isProxy: integration ? type.endsWith('_PROXY') : false,
    region: functionArn?.split(':')[3] ?? here().region,
    lambda: functionArn ?? '',
    httpMethod: integration?.httpMethod ?? 'GET',
    url: type.startsWith('HTTP') ? (integration?.uri ?? '') : '',
    link: integration?.connectionId ?? '',
    transfer: integration?.responseTransferMode ?? 'BUFFERED',
    uri: isLambda ? '' : (integration?.uri ?? ''),
    credentials: integration?.credentials ?? '',
    hasDefaultTimeout: timeout === TIMEOUT_MS_DEFAULT,
    timeoutMs: String(timeout),
    passthrough: integration?.passthroughBehavior ?? 'WHEN_NO_MATCH',
    parameters: toPairs(integration?.requestParameters),
    contentHandling: integration?.contentHandling ?? '',
    templates: Object.entries(integration?.requestTemplates ?? {}).map(([name, value]) => ({
      name,
      value: value ?? '',
    })),
    kept: {
      ...(integration?.cacheKeyParameters?.length
        ? { cacheKeyParameters: integration.cacheKeyParameters }
        : {}),
      ...(integration?.tlsConfig ? { tlsConfig: integration.tlsConfig } : {}),
    },
  };
}

function kindOf(type: string, isLambda: boolean, connection: string | undefined): Kind {
  if (type === 'MOCK') return 'MOCK';
  if (type.startsWith('HTTP')) return connection === 'VPC_LINK' ? 'VPC' : 'HTTP';
  return isLambda ? 'LAMBDA' : 'AWS';
}

/** The function that the draft names; none when it names none, or one by stage variable. */
export function targetOf(draft: IntegrationDraft, account: string): FunctionName | undefined {
  if (draft.kind !== 'LAMBDA') return undefined;
  return functionName(draft.lambda, account, draft.region);
}

export function isComplete(draft: IntegrationDraft, account: string): boolean {
  switch (draft.kind) {
    case 'LAMBDA':
      return targetOf(draft, account) !== undefined || draft.lambda.includes('${stageVariables.');
    case 'HTTP':
      return /^https?:\/\//.test(draft.url);
    case 'VPC':
      return /^https?:\/\//.test(draft.url) && draft.link !== '';
    case 'AWS':
      return draft.uri !== '';
    case 'MOCK':
      return true;
  }
}

/** What PutIntegration is given. */
export function putInput(draft: IntegrationDraft, account: string): Record<string, unknown> {
  const timeoutInMillis = draft.hasDefaultTimeout ? TIMEOUT_MS_DEFAULT : Number(draft.timeoutMs);
  const requestTemplates = Object.fromEntries(draft.templates.map((one) => [one.name, one.value]));
  const requestParameters = fromPairs(draft.parameters);
  const common = {
    ...draft.kept,
    ...(draft.isProxy && draft.transfer !== 'BUFFERED' && draft.kind !== 'AWS'
      ? { responseTransferMode: draft.transfer }
      : {}),
    ...(draft.parameters.length > 0 ? { requestParameters } : {}),
    ...(draft.contentHandling ? { contentHandling: draft.contentHandling } : {}),
    passthroughBehavior: draft.passthrough,
    timeoutInMillis,
    ...(draft.templates.length > 0 ? { requestTemplates } : {}),
    ...(draft.credentials ? { credentials: draft.credentials } : {}),
  };
  switch (draft.kind) {
    case 'LAMBDA': {
      const target = targetOf(draft, account);
      const arn =
        target?.arn ?? `arn:aws:lambda:${draft.region}:${account}:function:${draft.lambda}`;
      return {
        ...common,
        type: draft.isProxy ? 'AWS_PROXY' : 'AWS',
        httpMethod: 'POST',
        uri: integrationUri(
          arn,
          target?.region ?? draft.region,
          draft.isProxy && draft.transfer === 'STREAM',
        ),
        // As AWS's console does for functions behind a proxy integration.
        ...(draft.isProxy ? { contentHandling: 'CONVERT_TO_TEXT' } : {}),
      };
    }
    case 'HTTP':
    case 'VPC':
      return {
        ...common,
        ...(draft.kind === 'VPC' ? { connectionType: 'VPC_LINK', connectionId: draft.link } : {}),
        type: draft.isProxy ? 'HTTP_PROXY' : 'HTTP',
        httpMethod: draft.httpMethod,
        uri: draft.url,
      };
    case 'AWS':
      return { ...common, type: 'AWS', httpMethod: draft.httpMethod, uri: draft.uri };
    case 'MOCK': {
      const mock = { 'application/json': '{"statusCode": 200}' };
      return {
        type: 'MOCK',
        passthroughBehavior: draft.passthrough,
        requestTemplates: draft.templates.length > 0 ? requestTemplates : mock,
      };
    }
  }
}

/** Saves the integration, and the 200 responses that a method needs to be deployed with it. */
export async function saveIntegration(
  at: { api: string; resource: string; verb: string },
  draft: IntegrationDraft,
  method: Method,
  account: string,
): Promise<void> {
  const of = [at.api, at.resource, at.verb] as const;
  const before = method.methodIntegration?.integrationResponses;
  await apigateway.integrationPut(...of, putInput(draft, account));
  if (!method.methodResponses?.['200']) {
    const responseModels = { 'application/json': 'Empty' };
    await apigateway.methodResponsePut(...of, '200', { responseModels });
  }
  if (draft.isProxy && draft.kind !== 'MOCK') return;
  // PutIntegration replaces the whole integration, its responses included.
  const kept = Object.values(before ?? {});
  if (kept.length === 0) await apigateway.integrationResponsePut(...of, '200', {});
  for (const { statusCode, ...response } of kept) {
    await apigateway.integrationResponsePut(...of, statusCode, response);
  }
}

/** The AWS CLI's way to save the draft. */
export function putCommand(
  at: { api: string; resource: string; verb: string },
  draft: IntegrationDraft,
  account: string,
): string {
  const input = putInput(draft, account);
  const templates = input['requestTemplates'];
  return command('apigateway', 'put-integration', {
    'rest-api-id': at.api,
    'resource-id': at.resource,
    'http-method': at.verb,
    type: String(input['type']),
    'integration-http-method': input['httpMethod'] as string | undefined,
    uri: input['uri'] as string | undefined,
    credentials: draft.credentials,
    'connection-type': input['connectionType'] as string | undefined,
    'connection-id': input['connectionId'] as string | undefined,
    'response-transfer-mode': input['responseTransferMode'] as string | undefined,
    'cache-key-parameters': draft.kept.cacheKeyParameters,
    'tls-config': draft.kept.tlsConfig ? JSON.stringify(draft.kept.tlsConfig) : undefined,
    'request-parameters':
      draft.parameters.length > 0 ? JSON.stringify(fromPairs(draft.parameters)) : undefined,
    'timeout-in-millis': draft.hasDefaultTimeout ? undefined : draft.timeoutMs,
    'request-templates': templates ? JSON.stringify(templates) : undefined,
  });
}
