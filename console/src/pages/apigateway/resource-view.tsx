import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { methodDelete, resourceDelete, type Method, type Resource } from '../../api/apigateway';
import { command } from '../../api/cli';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Copyable } from '../../ui/copy';
import { lazily } from '../../ui/lazily';
import { ResourceTable } from '../../ui/resource-table';
import { integrationName } from './method-diagram';
import Link from '@cloudscape-design/components/link';

const EnableCors = lazily(async () => (await import('./enable-cors')).default, null);

interface ResourceViewProps {
  api: string;
  resource: Resource;
  choose: (resource: string, method?: string) => void;
  onChanged: () => void;
}

/** A resource: its path and its methods. */
export function ResourceView({ api, resource, choose, onChanged }: ResourceViewProps) {
  const navigate = useNavigate();
  const [isDeleting, setDeleting] = useState(false);
  const [hasCors, setCors] = useState(false);
  const [doomed, setDoomed] = useState<Method>();
  const methods = Object.values(resource.resourceMethods ?? {});
  const data = { value: methods, error: undefined, isLoading: false, reload: onChanged };
  const ids = (verb: string) => ({
    'rest-api-id': api,
    'resource-id': resource.id,
    'http-method': verb,
  });
  const create = () =>
    void navigate(`/apigateway/apis/${api}/create-method?resource=${resource.id}`);
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            variant="h2"
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button disabled={!resource.parentId} onClick={() => setDeleting(true)}>
                  Delete
                </Button>
                <Button onClick={() => setCors(true)}>Enable CORS</Button>
              </SpaceBetween>
            }
          >
            Resource details
          </Header>
        }
      >
        <KeyValuePairs
          columns={2}
          items={[
            { label: 'Path', value: resource.path },
            { label: 'Resource ID', value: <Copyable text={resource.id} label="resource ID" /> },
          ]}
        />
      </Container>
      <ResourceTable
        title="Methods"
        noun="method"
        level="h2"
        data={data}
        id={(method) => method.httpMethod}
        selects="single"
        cli={(method) => command('apigateway', 'get-method', ids(method.httpMethod))}
        empty="No methods defined."
        actions={([method]) => (
          <>
            <Button disabled={!method} onClick={() => setDoomed(method)}>
              Delete
            </Button>
            <Button onClick={create}>Create method</Button>
          </>
        )}
        columns={[
          {
            id: 'verb',
            header: 'Method type',
            isRowHeader: true,
            cell: (method) => (
              <Link
                href={`?resource=${resource.id}&method=${method.httpMethod}`}
                onFollow={(event) => {
                  event.preventDefault();
                  choose(resource.id, method.httpMethod);
                }}
              >
                {method.httpMethod}
              </Link>
            ),
          },
          {
            id: 'integration',
            header: 'Integration type',
            cell: (method) => integrationName(method.methodIntegration),
          },
          {
            id: 'authorization',
            header: 'Authorization',
            cell: (method) => authorizationName(method.authorizationType),
          },
          {
            id: 'key',
            header: 'API key',
            cell: (method) => (method.apiKeyRequired ? 'Required' : 'Not required'),
          },
        ]}
      />
      {isDeleting && (
        <DeleteDialog
          what={`resource ${resource.path}`}
          word="confirm"
          cli={command('apigateway', 'delete-resource', {
            'rest-api-id': api,
            'resource-id': resource.id,
          })}
          run={() => resourceDelete(api, resource.id)}
          onDone={onChanged}
          onClose={() => setDeleting(false)}
        />
      )}
      {doomed && (
        <DeleteDialog
          what={`method ${doomed.httpMethod} ${resource.path}`}
          word="confirm"
          cli={command('apigateway', 'delete-method', ids(doomed.httpMethod))}
          run={() => methodDelete(api, resource.id, doomed.httpMethod)}
          onDone={onChanged}
          onClose={() => setDoomed(undefined)}
        />
      )}
      {hasCors && (
        <EnableCors
          api={api}
          resource={resource}
          onDone={onChanged}
          onClose={() => setCors(false)}
        />
      )}
    </SpaceBetween>
  );
}

export const authorizationName = (type: string | undefined): string =>
  ({
    NONE: 'None',
    AWS_IAM: 'AWS IAM',
    CUSTOM: 'Lambda authorizer',
    COGNITO_USER_POOLS: 'Cognito user pool',
    JWT: 'JWT authorizer',
  })[type ?? 'NONE'] ?? String(type);
