import type { Integration, Method } from '../../api/apigateway';
import { functionOfUri } from '../../api/arn';

/** What stands in lists for an integration. */
export function integrationName(integration: Integration | undefined): string {
  if (!integration) return 'No integration';
  const isLambda = functionOfUri(integration.uri) !== undefined || /lambda:path/.test(integration.uri ?? '');
  if (isLambda) return 'Lambda';
  if (integration.connectionType === 'VPC_LINK') return 'VPC link';
  return (
    { MOCK: 'Mock', HTTP: 'HTTP', HTTP_PROXY: 'HTTP proxy', AWS: 'AWS service', AWS_PROXY: 'Lambda' }[
      integration.type
    ] ?? integration.type
  );
}

const isProxy = (integration: Integration | undefined) =>
  integration?.type.endsWith('_PROXY') ?? false;

interface MethodDiagramProps {
  method: Method;
  tab: string;
  choose: (tab: string) => void;
}

/** The way of a request: client, method request, integration request, backend, and back. */
export function MethodDiagram({ method, tab, choose }: MethodDiagramProps) {
  const integration = method.methodIntegration;
  const box = (id: string, title: string, text: string, className = '') => (
    <button
      type="button"
      className={`box ${className}`}
      aria-pressed={tab === id}
      onClick={() => choose(id)}
    >
      <b>{title}</b>
      {text}
    </button>
  );
  const arrow = (text: string) => (
    <div className="arrow" aria-hidden="true">
      {text}
    </div>
  );
  const proxy = isProxy(integration);
  const responses = Object.keys(integration?.integrationResponses ?? {}).length;
  const statuses = Object.keys(method.methodResponses ?? {});
  return (
    <div className="flow-frame">
      <div className="flow" role="group" aria-label="Method execution">
        <div className="end">Client</div>
        {arrow('→')}
        {box('method-request', 'Method request', `Authorization: ${method.authorizationType}`)}
        {arrow('→')}
        {box('integration-request', 'Integration request', integration ? `Type: ${integration.type}` : 'No integration')}
        {arrow('→')}
        <div className="end backend">
          {integration ? `${integrationName(integration)} integration` : 'No integration'}
        </div>
        {arrow('←')}
        {box('method-response', 'Method response', `HTTP status: ${statuses.join(', ') || 'none'}`)}
        {arrow('←')}
        {box(
          'integration-response',
          'Integration response',
          proxy ? 'Proxy integration' : `Responses: ${responses}`,
          proxy ? 'proxy' : '',
        )}
        {arrow('←')}
      </div>
    </div>
  );
}
