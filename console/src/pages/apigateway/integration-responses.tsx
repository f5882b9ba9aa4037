import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import {
  integrationResponseDelete,
  integrationResponsePut,
  type IntegrationResponse,
  type Method,
} from '../../api/apigateway';
import { functionOfUri } from '../../api/arn';
import { CodeBlock } from '../../ui/code-block';
import { command } from '../../api/cli';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { PairsEditor, toPairs, fromPairs, type Pair } from '../../ui/pairs-editor';
import type { MethodPart } from './method-part';
import { TemplateList } from './templates';

/** The fourth box: what becomes of the backend's answers. */
export function IntegrationResponses(part: MethodPart) {
  const { api, resource, method, onChanged } = part;
  const [edited, setEdited] = useState<IntegrationResponse | 'new'>();
  const [doomed, setDoomed] = useState<IntegrationResponse>();
  const integration = method.methodIntegration;
  if (integration?.type.endsWith('_PROXY')) {
    return (
      <Alert type="info">
        With a proxy integration the backend’s answer is passed through: there is nothing to map.
      </Alert>
    );
  }
  const responses = Object.values(integration?.integrationResponses ?? {});
  return (
    <SpaceBetween size="l">
      <Header
        variant="h3"
        actions={
          <Button disabled={!integration} onClick={() => setEdited('new')}>
            Create response
          </Button>
        }
      >
        Integration responses
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
                  <Button onClick={() => setDoomed(one)}>Delete</Button>
                </SpaceBetween>
              }
            >
              {`${one.selectionPattern ? one.selectionPattern : 'Default'} - Response`}
            </Header>
          }
        >
          <SpaceBetween size="m">
            <KeyValuePairs
              columns={3}
              items={[
                { label: 'Method response status', value: one.statusCode },
                { label: regexName(method), value: one.selectionPattern || '–' },
                { label: 'Default mapping', value: one.selectionPattern ? 'False' : 'True' },
                ...Object.entries(one.responseParameters ?? {}).map(([name, value]) => ({
                  label: name.replace('method.response.header.', 'Header '),
                  value,
                })),
              ]}
            />
            {Object.entries(one.responseTemplates ?? {}).map(([type, text]) => (
              <CodeBlock key={type} text={text ?? ''} label={`template for ${type}`} tall />
            ))}
          </SpaceBetween>
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
          what={`integration response ${doomed.statusCode}`}
          cli={command('apigateway', 'delete-integration-response', {
            'rest-api-id': api,
            'resource-id': resource.id,
            'http-method': method.httpMethod,
            'status-code': doomed.statusCode,
          })}
          run={() =>
            integrationResponseDelete(api, resource.id, method.httpMethod, doomed.statusCode)
          }
          onDone={onChanged}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </SpaceBetween>
  );
}

/** A function's answers are told apart by their error messages, other backends' by their status. */
const regexName = (method: Method): string =>
  functionOfUri(method.methodIntegration?.uri) ? 'Lambda error regex' : 'HTTP status regex';

interface EditResponseProps extends MethodPart {
  response: IntegrationResponse | undefined;
  onClose: () => void;
}

function EditResponse(props: EditResponseProps) {
  const { api, resource, method, response, onChanged, onClose } = props;
  const statuses = Object.keys(method.methodResponses ?? {});
  const [status, setStatus] = useState(response?.statusCode ?? statuses[0] ?? '');
  const [pattern, setPattern] = useState(response?.selectionPattern ?? '');
  const [headers, setHeaders] = useState(() => toPairs(response?.responseParameters));
  const [templates, setTemplates] = useState<Pair[]>(() =>
    Object.entries(response?.responseTemplates ?? {}).map(([name, value]) => ({
      name,
      value: value ?? '',
    })),
  );
  const run = () =>
    integrationResponsePut(api, resource.id, method.httpMethod, status, {
      ...(response?.contentHandling ? { contentHandling: response.contentHandling } : {}),
      ...(pattern ? { selectionPattern: pattern } : {}),
      responseParameters: fromPairs(headers),
      responseTemplates: Object.fromEntries(templates.map((one) => [one.name, one.value])),
    });
  return (
    <Dialog
      title={response ? `Edit response ${status}` : 'Create response'}
      verb="Save"
      size="large"
      cli={command('apigateway', 'put-integration-response', {
        'rest-api-id': api,
        'resource-id': resource.id,
        'http-method': method.httpMethod,
        'status-code': status,
        'selection-pattern': pattern,
        'response-parameters': JSON.stringify(fromPairs(headers)),
        'response-templates': JSON.stringify(fromPairs(templates)),
      })}
      isReady={status !== ''}
      run={run}
      onDone={onChanged}
      onClose={onClose}
    >
      <FormField label={regexName(method)} description="Empty for the default response.">
        <Input value={pattern} onChange={({ detail }) => setPattern(detail.value)} />
      </FormField>
      <FormField label="Method response status code">
        <Select
          disabled={response !== undefined}
          options={statuses.map((value) => ({ value, label: value }))}
          selectedOption={status ? { value: status, label: status } : null}
          onChange={({ detail }) => setStatus(detail.selectedOption.value ?? '')}
        />
      </FormField>
      <PairsEditor
        pairs={headers}
        onChange={setHeaders}
        noun="header mapping"
        nameLabel="Response header"
        valueLabel="Mapping value"
      />
      <TemplateList
        templates={templates}
        onChange={setTemplates}
        place={{ api, path: resource.path, verb: method.httpMethod, side: 'response' }}
      />
    </Dialog>
  );
}
