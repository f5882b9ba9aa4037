import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type ReactNode } from 'react';
import { functionName, functionOfUri, methodArn } from '../../api/arn';
import { here } from '../../api/place';
import { useIdentity } from '../../data/identity';
import { CodeBlock } from '../../ui/code-block';
import { Copyable } from '../../ui/copy';
import { lazily } from '../../ui/lazily';
import { PermissionBadge } from './add-permission';
import { integrationName } from './method-diagram';
import type { MethodPart } from './method-part';
import { PASSTHROUGH } from './integration-draft';

const EditIntegration = lazily(async () => (await import('./edit-integration')).EditIntegration);

/** The second box: what the method calls, and whether it may. */
export function IntegrationRequest(part: MethodPart) {
  const { method } = part;
  const [isEditing, setEditing] = useState(false);
  const integration = method.methodIntegration;
  if (isEditing) return <EditIntegration {...part} onClose={() => setEditing(false)} />;
  const templates = Object.entries(integration?.requestTemplates ?? {});
  const mapped = Object.entries(integration?.requestParameters ?? {});
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            variant="h3"
            actions={
              <Button onClick={() => setEditing(true)}>
                {integration ? 'Edit' : 'Edit integration'}
              </Button>
            }
          >
            Integration request settings
          </Header>
        }
      >
        <Settings {...part} />
      </Container>
      {mapped.length > 0 && (
        <Container header={<Header variant="h3">Mapped parameters</Header>}>
          <KeyValuePairs
            columns={2}
            items={mapped.map(([label, value]) => ({ label, value }))}
          />
        </Container>
      )}
      {templates.map(([type, text]) => (
        <Container key={type} header={<Header variant="h3">{`Mapping template ${type}`}</Header>}>
          <CodeBlock text={text ?? ''} label={`template for ${type}`} />
        </Container>
      ))}
    </SpaceBetween>
  );
}

function Settings({ api, resource, method }: MethodPart) {
  const who = useIdentity();
  const { region } = here();
  const integration = method.methodIntegration;
  if (!integration) return <>This method has no integration yet.</>;
  const items: Array<{ label: string; value: ReactNode }> = [
    { label: 'Integration type', value: integrationName(integration) },
  ];
  const arn = functionOfUri(integration.uri);
  if (integration.type !== 'MOCK') {
    const isProxy = integration.type.endsWith('_PROXY');
    const label = arn ? 'Lambda proxy integration' : 'Proxy integration';
    items.push({ label, value: isProxy ? 'True' : 'False' });
    if (integration.responseTransferMode === 'STREAM') {
      items.push({ label: 'Response transfer mode', value: 'Stream' });
    }
    items.push({ label: 'Timeout', value: `${integration.timeoutInMillis ?? 29_000} ms` });
  }
  if (arn) {
    items.push({ label: 'Lambda Region', value: arn.split(':')[3] });
    items.push({ label: 'Lambda function', value: <Copyable text={arn} label="function ARN" /> });
  } else if (integration.uri) {
    if (integration.connectionType === 'VPC_LINK') {
      items.push({ label: 'VPC link', value: integration.connectionId });
    }
    items.push({ label: 'HTTP method', value: integration.httpMethod });
    items.push({ label: 'Endpoint URL', value: integration.uri });
  }
  if (integration.passthroughBehavior) {
    const known = PASSTHROUGH.find((one) => one.value === integration.passthroughBehavior);
    const value = known?.label ?? integration.passthroughBehavior;
    items.push({ label: 'Request body passthrough', value });
  }
  const target = arn ? functionName(arn, who.account, region) : undefined;
  if (target && !integration.credentials) {
    const sourceArn = methodArn(
      target.region,
      who.account,
      api,
      method.httpMethod,
      resource.path,
    );
    items.push({
      label: 'Permission',
      value: <PermissionBadge target={target} sourceArn={sourceArn} />,
    });
  }
  return <KeyValuePairs columns={3} items={items} />;
}
