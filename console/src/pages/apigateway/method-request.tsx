import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import {
  authorizerList,
  validatorList,
  type Authorizer,
  type RequestValidator,
} from '../../api/authorizers';
import type { Method } from '../../api/apigateway';
import { command, patchCommand } from '../../api/cli';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { Dialog } from '../../ui/dialog';
import { ResourceTable } from '../../ui/resource-table';
import type { MethodPart } from './method-part';
import {
  hasScopes,
  methodPatches,
  requestDraftOf,
  saveMethodRequest,
  validationName,
} from './method-request-draft';
import { MethodRequestForm } from './method-request-form';
import { authorizationName } from './resource-view';

interface Choices {
  authorizers: Authorizer[];
  validators: RequestValidator[];
}

/** The first box: who may call, and which parameters the method names. */
export function MethodRequest(part: MethodPart) {
  const { api, resource, method } = part;
  const cli = command('apigateway', 'get-method', {
    'rest-api-id': api,
    'resource-id': resource.id,
    'http-method': method.httpMethod,
  });
  const found = useData(`method-choices/${api}`, async (): Promise<Choices> => {
    const [authorizers, validators] = await Promise.all([authorizerList(api), validatorList(api)]);
    return { authorizers, validators };
  });
  const authorizer = found.value?.authorizers.find((one) => one.id === method.authorizerId);
  const validator = found.value?.validators.find((one) => one.id === method.requestValidatorId);
  const models = Object.entries(method.requestModels ?? {});
  const [isEditing, setEditing] = useState(false);
  const parameters = Object.entries(method.requestParameters ?? {});
  const kind = (prefix: string) =>
    parameters
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, required]) => ({ name: name.slice(prefix.length), required }));
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            variant="h3"
            actions={
              <Button disabled={!found.value} onClick={() => setEditing(true)}>
                Edit
              </Button>
            }
          >
            Method request settings
          </Header>
        }
      >
        <KeyValuePairs
          columns={3}
          items={[
            {
              label: 'Authorization',
              value: authorizer
                ? `${authorizer.name} (${authorizationName(method.authorizationType)})`
                : authorizationName(method.authorizationType),
            },
            { label: 'API key required', value: method.apiKeyRequired ? 'True' : 'False' },
            {
              label: 'Request validator',
              value: validator ? validationName(validator) || validator.name : 'None',
            },
            { label: 'SDK operation name', value: method.operationName ?? 'Generated' },
            ...tokenItems(method, authorizer),
          ]}
        />
      </Container>
      <Parameters title="Request paths" cli={cli} rows={kind('method.request.path.')} />
      <Parameters
        title="URL query string parameters"
        cli={cli}
        rows={kind('method.request.querystring.')}
      />
      <Parameters title="HTTP request headers" cli={cli} rows={kind('method.request.header.')} />
      {models.length > 0 && (
        <ResourceTable
          title="Request body"
          noun="model"
          level="h2"
          data={{ value: models, error: undefined, isLoading: false, reload: () => {} }}
          id={([type]) => type}
          cli={() => cli}
          columns={[
            { id: 'type', header: 'Content type', cell: ([type]) => type, isRowHeader: true },
            { id: 'model', header: 'Name', cell: ([, model]) => model },
          ]}
        />
      )}
      {isEditing && found.value && (
        <EditMethodRequest {...part} {...found.value} onClose={() => setEditing(false)} />
      )}
    </SpaceBetween>
  );
}

/** What the tokens of a user pool or an issuer must say. */
function tokenItems(method: Method, authorizer: Authorizer | undefined) {
  if (!hasScopes(authorizer)) return [];
  const issuers = authorizer?.jwtConfiguration?.issuers ?? [];
  const claims = issuers
    .flatMap((one) => one.additionalClaims ?? [])
    .map(({ claimName, expectedValues, required }) => {
      const values = expectedValues ? ` = ${expectedValues.join(' or ')}` : '';
      return `${claimName}${values}${required ? '' : ', if there'}`;
    });
  const audiences = new Set(issuers.flatMap((one) => one.audiences));
  return [
    { label: 'Authorization scopes', value: method.authorizationScopes?.join(' ') || 'None' },
    ...(issuers.length > 0
      ? [
          { label: 'Token audiences', value: [...audiences].join(', ') },
          { label: 'Token claims', value: claims.join('; ') || 'None' },
        ]
      : []),
  ];
}

interface ParametersProps {
  title: string;
  rows: Array<{ name: string; required: boolean }>;
  /** The command that reads them. */
  cli: string;
}

function Parameters({ title, rows, cli }: ParametersProps) {
  if (rows.length === 0) return null;
  return (
    <ResourceTable
      title={title}
      noun="parameter"
      level="h2"
      data={{ value: rows, error: undefined, isLoading: false, reload: () => {} }}
      id={(row) => row.name}
      cli={() => cli}
      columns={[
        { id: 'name', header: 'Name', cell: (row) => row.name, isRowHeader: true },
        { id: 'required', header: 'Required', cell: (row) => (row.required ? 'True' : 'False') },
      ]}
    />
  );
}

function EditMethodRequest(props: MethodPart & Choices & { onClose: () => void }) {
  const { api, resource, method, authorizers, validators, onChanged, onClose } = props;
  const flash = useFlash();
  const [draft, setDraft] = useState(() => requestDraftOf(method, validators));
  const run = async () => {
    await saveMethodRequest({ api, resource: resource.id }, method, draft, authorizers);
    flash.success('Saved the method request. Deploy the API to make it live.');
  };
  return (
    <Dialog
      title="Edit method request"
      verb="Save"
      size="large"
      run={run}
      onDone={onChanged}
      onClose={onClose}
      cli={patchCommand(
        'update-method',
        { 'rest-api-id': api, 'resource-id': resource.id, 'http-method': method.httpMethod },
        methodPatches(
          method,
          draft,
          authorizers,
          validators.find((one) => validationName(one) === draft.validation)?.id,
        ),
      )}
    >
      <MethodRequestForm
        api={api}
        draft={draft}
        authorizers={authorizers}
        change={(part) => setDraft((old) => ({ ...old, ...part }))}
      />
    </Dialog>
  );
}
