import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { methodResponseDelete, methodResponsePut } from '../../api/apigateway';
import { command } from '../../api/cli';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import type { MethodPart } from './method-part';

/** The last box: which answers the method promises. */
export function MethodResponses(part: MethodPart) {
  const { api, resource, method, onChanged } = part;
  const [isCreating, setCreating] = useState(false);
  const [doomed, setDoomed] = useState<string>();
  const responses = Object.values(method.methodResponses ?? {});
  return (
    <SpaceBetween size="l">
      <Header
        variant="h3"
        actions={<Button onClick={() => setCreating(true)}>Create response</Button>}
      >
        Method responses
      </Header>
      {responses.map((one) => (
        <Container
          key={one.statusCode}
          header={
            <Header
              variant="h3"
              actions={<Button onClick={() => setDoomed(one.statusCode)}>Delete</Button>}
            >{`Response ${one.statusCode}`}</Header>
          }
        >
          <KeyValuePairs
            columns={2}
            items={[
              {
                label: 'Response headers',
                value:
                  Object.keys(one.responseParameters ?? {})
                    .map((name) => name.replace('method.response.header.', ''))
                    .join(', ') || 'None',
              },
              {
                label: 'Response body',
                value:
                  Object.entries(one.responseModels ?? {})
                    .map(([type, model]) => `${type}: ${model}`)
                    .join(', ') || 'None',
              },
            ]}
          />
        </Container>
      ))}
      {isCreating && <CreateResponse {...part} onClose={() => setCreating(false)} />}
      {doomed && (
        <DeleteDialog
          what={`method response ${doomed}`}
          cli={command('apigateway', 'delete-method-response', {
            'rest-api-id': api,
            'resource-id': resource.id,
            'http-method': method.httpMethod,
            'status-code': doomed,
          })}
          run={() => methodResponseDelete(api, resource.id, method.httpMethod, doomed)}
          onDone={onChanged}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </SpaceBetween>
  );
}

function CreateResponse(props: MethodPart & { onClose: () => void }) {
  const { api, resource, method, onChanged, onClose } = props;
  const [status, setStatus] = useState('');
  const [headers, setHeaders] = useState('');
  const [model, setModel] = useState('Empty');
  const names = headers.split(',').map((name) => name.trim());
  const run = () =>
    methodResponsePut(api, resource.id, method.httpMethod, status, {
      responseModels: model ? { 'application/json': model } : {},
      responseParameters: Object.fromEntries(
        names.filter(Boolean).map((name) => [`method.response.header.${name}`, false]),
      ),
    });
  return (
    <Dialog
      title="Create response"
      verb="Save"
      cli={command('apigateway', 'put-method-response', {
        'rest-api-id': api,
        'resource-id': resource.id,
        'http-method': method.httpMethod,
        'status-code': status,
        'response-models': model ? JSON.stringify({ 'application/json': model }) : undefined,
      })}
      isReady={/^[1-5]\d\d$/.test(status)}
      run={run}
      onDone={onChanged}
      onClose={onClose}
    >
      <FormField label="HTTP status code">
        <Input value={status} onChange={({ detail }) => setStatus(detail.value)} />
      </FormField>
      <FormField label="Header names" description="Separated by commas.">
        <Input value={headers} onChange={({ detail }) => setHeaders(detail.value)} />
      </FormField>
      <FormField label="Model of application/json">
        <Input value={model} onChange={({ detail }) => setModel(detail.value)} />
      </FormField>
    </Dialog>
  );
}
