import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { useParams } from 'react-router';
import { authorizerDelete, authorizerList, type Authorizer } from '../../api/authorizers';
import { functionName, functionOfUri } from '../../api/arn';
import { command } from '../../api/cli';
import { here } from '../../api/place';
import { useIdentity } from '../../data/identity';
import { useData } from '../../data/useData';
import { DeleteDialog } from '../../ui/delete-dialog';
import { lazily } from '../../ui/lazily';
import { ResourceTable } from '../../ui/resource-table';
import { PermissionBadge } from './add-permission';
import { authorizerArn } from './authorizer-draft';

// Forms are only for those who open them.
const EditAuthorizer = lazily(async () => (await import('./edit-authorizer')).default, null);
const TestAuthorizer = lazily(async () => (await import('./test-authorizer')).default, null);

const TYPES: Record<string, string> = {
  TOKEN: 'Lambda (token)',
  REQUEST: 'Lambda (request)',
  COGNITO_USER_POOLS: 'Cognito',
  JWT: 'JWT',
};

/** The authorizers of an API. */
export default function Authorizers() {
  const { api = '' } = useParams();
  const authorizers = useData(`authorizers/${api}`, () => authorizerList(api));
  const [dialog, setDialog] = useState<{ kind: string; authorizer?: Authorizer | undefined }>();
  const close = () => setDialog(undefined);
  const open = (kind: string, authorizer?: Authorizer) => setDialog({ kind, authorizer });
  const chosen = dialog?.authorizer;
  return (
    <>
      <ResourceTable
        title="Authorizers"
        noun="authorizer"
        data={authorizers}
        id={(one) => one.name}
        selects="single"
        description="Who may call a method, where a method names one of them."
        empty={
          <Button onClick={() => open('edit')}>Create authorizer</Button>
        }
        cli={(one) =>
          command('apigateway', 'get-authorizer', { 'rest-api-id': api, 'authorizer-id': one.id })
        }
        actions={([one]) => (
          <>
            <Button disabled={!one} onClick={() => open('test', one)}>
              Test authorizer
            </Button>
            <Button disabled={!one} onClick={() => open('edit', one)}>
              Edit
            </Button>
            <Button disabled={!one} onClick={() => open('delete', one)}>
              Delete
            </Button>
            <Button variant="primary" onClick={() => open('edit')}>
              Create authorizer
            </Button>
          </>
        )}
        columns={[
          { id: 'name', header: 'Name', cell: (one) => one.name, isRowHeader: true },
          { id: 'type', header: 'Type', cell: (one) => TYPES[one.type] ?? one.type },
          { id: 'id', header: 'Authorizer ID', cell: (one) => one.id },
          { id: 'source', header: 'Identity source', cell: sources },
          {
            id: 'permission',
            header: 'Decided by',
            minWidth: 300,
            cell: (one) => <Decider api={api} authorizer={one} />,
          },
        ]}
      />
      {dialog?.kind === 'edit' && (
        <EditAuthorizer
          api={api}
          authorizer={chosen}
          onDone={authorizers.reload}
          onClose={close}
        />
      )}
      {dialog?.kind === 'test' && chosen && (
        <TestAuthorizer api={api} authorizer={chosen} onClose={close} />
      )}
      {dialog?.kind === 'delete' && chosen && (
        <DeleteDialog
          what={`authorizer ${chosen.name}`}
          word="confirm"
          cli={command('apigateway', 'delete-authorizer', {
            'rest-api-id': api,
            'authorizer-id': chosen.id,
          })}
          run={() => authorizerDelete(api, chosen.id)}
          onDone={authorizers.reload}
          onClose={close}
        />
      )}
    </>
  );
}

/** `method.request.header.auth` as people say it: `Header auth`. */
const sources = (authorizer: Authorizer): string =>
  (authorizer.identitySource ?? '–')
    .replaceAll('method.request.header.', 'Header ')
    .replaceAll('method.request.querystring.', 'Query string ')
    .replaceAll('stageVariables.', 'Stage variable ')
    .replaceAll('context.', 'Context ')
    .replaceAll(',', ', ');

/** The function that decides, and whether it may be asked. */
function Decider({ api, authorizer }: { api: string; authorizer: Authorizer }) {
  const who = useIdentity();
  const arn = functionOfUri(authorizer.authorizerUri);
  const target = arn ? functionName(arn, who.account, here().region) : undefined;
  const issuers = authorizer.jwtConfiguration?.issuers.map((one) => one.issuer);
  if (!target) return <>{(authorizer.providerARNs ?? issuers)?.join(', ') ?? '–'}</>;
  return (
    <>
      <div>{target.arn.split(':function:')[1]}</div>
      {authorizer.authorizerCredentials ? (
        `By role ${authorizer.authorizerCredentials.split('/').pop()}`
      ) : (
        <PermissionBadge
          target={target}
          sourceArn={authorizerArn(target.region, who.account, api, authorizer.id)}
        />
      )}
    </>
  );
}
