import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import {
  methodResponseDelete,
  methodResponsePut,
  methodResponseUpdate,
  type MethodResponse,
  type Patch,
} from '../../api/apigateway';
import { command, patchCommand } from '../../api/cli';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { fromPairs, toPairs, type Pair } from '../../ui/pairs-editor';
import type { MethodPart } from './method-part';
import { ModelsEditor } from './models-editor';

/** The last box: which answers the method promises. */
export function MethodResponses(part: MethodPart) {
  const { api, resource, method, onChanged } = part;
  const [edited, setEdited] = useState<MethodResponse | 'new'>();
  const [doomed, setDoomed] = useState<string>();
  const responses = Object.values(method.methodResponses ?? {});
  return (
    <SpaceBetween size="l">
      <Header
        variant="h3"
        actions={<Button onClick={() => setEdited('new')}>Create response</Button>}
      >
        Method responses
      </Header>
      {responses.map((one) => (
        <Container
          key={one.statusCode}
          header={
            <Header
              variant="h3"
              actions={
                <SpaceBetween direction="horizontal" size="xs">
                  <Button onClick={() => setEdited(one)}>Edit</Button>
                  <Button onClick={() => setDoomed(one.statusCode)}>Delete</Button>
                </SpaceBetween>
              }
            >{`Response ${one.statusCode}`}</Header>
          }
        >
          <KeyValuePairs
            columns={2}
            items={[
              {
                label: 'Response headers',
                value: headerNames(one).join(', ') || 'None',
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
      {edited && (
        <EditResponse
          {...part}
          response={edited === 'new' ? undefined : edited}
          onClose={() => setEdited(undefined)}
        />
      )}
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

interface EditResponseProps extends MethodPart {
  /** None makes one. */
  response: MethodResponse | undefined;
  onClose: () => void;
}

function EditResponse(props: EditResponseProps) {
  const { api, resource, method, response, onChanged, onClose } = props;
  const [status, setStatus] = useState(response?.statusCode ?? '');
  const [headers, setHeaders] = useState(() => headerNames(response).join(', '));
  const [models, setModels] = useState<Pair[]>(() =>
    response ? toPairs(response.responseModels) : [{ name: 'application/json', value: 'Empty' }],
  );
  const names = headers
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const parameters = Object.fromEntries(names.map((name) => [HEADER + name, false]));
  const responseModels = fromPairs(models.filter((one) => one.value));
  const patches = response ? patchesOf(response, names, responseModels) : [];
  const at = {
    'rest-api-id': api,
    'resource-id': resource.id,
    'http-method': method.httpMethod,
    'status-code': status,
  };
  const of = [api, resource.id, method.httpMethod, status] as const;
  const run = async () => {
    if (!response) {
      await methodResponsePut(...of, { responseModels, responseParameters: parameters });
    } else if (patches.length > 0) await methodResponseUpdate(...of, patches);
  };
  return (
    <Dialog
      title={response ? `Edit response ${status}` : 'Create response'}
      verb="Save"
      size="large"
      cli={
        response
          ? patchCommand('update-method-response', at, patches)
          : command('apigateway', 'put-method-response', {
              ...at,
              'response-models': json(responseModels),
              'response-parameters': json(parameters),
            })
      }
      isReady={/^[1-5]\d\d$/.test(status)}
      run={run}
      onDone={onChanged}
      onClose={onClose}
    >
      {!response && (
        <FormField label="HTTP status code">
          <Input value={status} onChange={({ detail }) => setStatus(detail.value.trim())} />
        </FormField>
      )}
      <FormField stretch label="Header names" description="Separated by commas.">
        <Input value={headers} onChange={({ detail }) => setHeaders(detail.value)} />
      </FormField>
      <ModelsEditor api={api} models={models} onChange={setModels} />
    </Dialog>
  );
}

const HEADER = 'method.response.header.';

const json = (map: Record<string, unknown>) =>
  Object.keys(map).length > 0 ? JSON.stringify(map) : undefined;

const headerNames = (response: MethodResponse | undefined): string[] =>
  Object.keys(response?.responseParameters ?? {}).map((name) => name.replace(HEADER, ''));

/** What UpdateMethodResponse is given to get from the response to the form. */
function patchesOf(
  response: MethodResponse,
  names: string[],
  models: Record<string, string>,
): Patch[] {
  const was = headerNames(response);
  const header = (op: 'add' | 'remove', name: string): Patch => ({
    op,
    path: `/responseParameters/${HEADER}${name}`,
    ...(op === 'add' ? { value: 'false' } : {}),
  });
  const before = response.responseModels ?? {};
  const path = (type: string) =>
    `/responseModels/${type.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return [
    ...was.filter((name) => !names.includes(name)).map((name) => header('remove', name)),
    ...names.filter((name) => !was.includes(name)).map((name) => header('add', name)),
    ...Object.keys(before)
      .filter((type) => !(type in models))
      .map((type): Patch => ({ op: 'remove', path: path(type) })),
    ...Object.entries(models)
      .filter(([type, model]) => before[type] !== model)
      .map(([type, value]): Patch => ({
        op: type in before ? 'replace' : 'add',
        path: path(type),
        value,
      })),
  ];
}
