import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { methodDelete, methodGet, type Resource } from '../../api/apigateway';
import { methodArn } from '../../api/arn';
import { command } from '../../api/cli';
import { here } from '../../api/place';
import { useIdentity } from '../../data/identity';
import { useData } from '../../data/useData';
import { Copyable } from '../../ui/copy';
import { DeleteDialog } from '../../ui/delete-dialog';
import { lazily } from '../../ui/lazily';
import { Opening } from '../../ui/opening';
import { MethodDiagram } from './method-diagram';

// A tab's code comes with the tab.
const MethodRequest = lazily(async () => (await import('./method-request')).MethodRequest);
const IntegrationRequest = lazily(
  async () => (await import('./integration-request')).IntegrationRequest,
);
const IntegrationResponses = lazily(
  async () => (await import('./integration-responses')).IntegrationResponses,
);
const MethodResponses = lazily(async () => (await import('./method-responses')).MethodResponses);
const TestMethod = lazily(async () => (await import('./test-method')).TestMethod);

interface MethodViewProps {
  api: string;
  resource: Resource;
  verb: string;
  onGone: () => void;
  onChanged: () => void;
}

/** A method: the diagram of its execution, and a tab for each of its boxes. */
export default function MethodView({ api, resource, verb, onGone, onChanged }: MethodViewProps) {
  const who = useIdentity();
  const [search, setSearch] = useSearchParams();
  const [isDeleting, setDeleting] = useState(false);
  const key = `method/${api}/${resource.id}/${verb}`;
  const data = useData(key, () => methodGet(api, resource.id, verb));
  const tab = search.get('tab') ?? 'integration-request';
  const choose = (to: string) =>
    setSearch({ resource: resource.id, method: verb, tab: to }, { replace: true });
  const changed = () => {
    data.reload();
    onChanged();
  };
  const method = data.value;
  if (!method) return <Opening data={data} />;
  const part = { api, resource, method, onChanged: changed };
  const arn = methodArn(here().region, who.account, api, verb, resource.path);
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            variant="h2"
            actions={<Button onClick={() => setDeleting(true)}>Delete</Button>}
          >{`${resource.path} - ${verb} - Method execution`}</Header>
        }
      >
        <SpaceBetween size="l">
          <KeyValuePairs
            columns={2}
            items={[
              { label: 'ARN', value: <Copyable text={arn} label="method ARN" /> },
              { label: 'Resource ID', value: <Copyable text={resource.id} label="resource ID" /> },
            ]}
          />
          {!method.methodIntegration && (
            <Alert type="warning" header="No integration">
              This method cannot be deployed before it has an integration.
            </Alert>
          )}
          <MethodDiagram method={method} tab={tab} choose={choose} />
        </SpaceBetween>
      </Container>
      <Tabs
        activeTabId={tab}
        onChange={({ detail }) => choose(detail.activeTabId)}
        ariaLabel="Method execution"
        tabs={[
          { id: 'method-request', label: 'Method request', content: <MethodRequest {...part} /> },
          {
            id: 'integration-request',
            label: 'Integration request',
            content: <IntegrationRequest {...part} />,
          },
          {
            id: 'integration-response',
            label: 'Integration response',
            content: <IntegrationResponses {...part} />,
          },
          {
            id: 'method-response',
            label: 'Method response',
            content: <MethodResponses {...part} />,
          },
          { id: 'test', label: 'Test', content: <TestMethod {...part} /> },
        ]}
      />
      {isDeleting && (
        <DeleteDialog
          what={`method ${verb} ${resource.path}`}
          word="confirm"
          cli={command('apigateway', 'delete-method', {
            'rest-api-id': api,
            'resource-id': resource.id,
            'http-method': verb,
          })}
          run={() => methodDelete(api, resource.id, verb)}
          onDone={onGone}
          onClose={() => setDeleting(false)}
        />
      )}
    </SpaceBetween>
  );
}
