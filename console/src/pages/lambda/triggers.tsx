import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { command } from '../../api/cli';
import { permissionRemove, policyGet, type Statement } from '../../api/lambda';
import { useIdentity } from '../../data/identity';
import { useData } from '../../data/useData';
import { DeleteDialog } from '../../ui/delete-dialog';
import { PageLink } from '../../ui/page-link';
import { ResourceTable } from '../../ui/resource-table';

interface Trigger {
  sid: string;
  account: string;
  api: string;
  /** `GET /pets`, or the authorizer that asks. */
  what: string;
  stage: string;
}

const ARN = /^arn:aws:execute-api:([^:]*):(\d{12}):([^/]+)\/(.*)$/;

/** The methods and authorizers of APIs that the function's policy lets call it. */
function triggerOf(statement: Statement): Trigger | undefined {
  const values = Object.values(statement.Condition ?? {}).flatMap((one) => Object.entries(one));
  const source = values.find(([key]) => key.toLowerCase() === 'aws:sourcearn')?.[1];
  const found = ARN.exec(String(Array.isArray(source) ? source[0] : source));
  if (!found || statement.Effect !== 'Allow') return undefined;
  const [, , account = '', api = '', rest = ''] = found;
  const [stage = '', verb = '', ...path] = rest.split('/');
  const isAuthorizer = stage === 'authorizers';
  return {
    sid: statement.Sid ?? '',
    account,
    api,
    what: isAuthorizer
      ? `Authorizer ${verb}`
      : `${verb === '*' ? 'ANY' : verb} /${path.join('/')}`,
    stage: isAuthorizer ? '–' : stage === '*' ? 'Every stage' : stage,
  };
}

/** `Triggers`: what may call the function through API Gateway, of any account. */
export function Triggers({ name }: { name: string }) {
  const who = useIdentity();
  const data = useData(`triggers/${name}`, async () => {
    const policy = await policyGet(name);
    return (policy?.statements ?? []).flatMap((one) => triggerOf(one) ?? []);
  });
  const [doomed, setDoomed] = useState<Trigger>();
  return (
    <>
      <ResourceTable
        title="Triggers"
        noun="trigger"
        level="h2"
        description="Methods and authorizers that the function’s policy allows. An integration adds its own."
        data={data}
        id={(one) => one.sid}
        selects="single"
        empty={
          <>
            Choose this function in a method’s integration request, in{' '}
            <PageLink to="/apigateway">API Gateway</PageLink>.
          </>
        }
        cli={() => command('lambda', 'get-policy', { 'function-name': name })}
        actions={([one]) => (
          <Button disabled={!one?.sid} onClick={() => setDoomed(one)}>
            Delete
          </Button>
        )}
        columns={[
          {
            id: 'api',
            header: 'API Gateway',
            isRowHeader: true,
            cell: (one) =>
              one.account === who.account ? (
                <PageLink to={`/apigateway/apis/${one.api}/resources`}>{one.api}</PageLink>
              ) : (
                one.api
              ),
          },
          { id: 'account', header: 'Account', cell: (one) => one.account },
          { id: 'what', header: 'Method', cell: (one) => one.what },
          { id: 'stage', header: 'Stage', cell: (one) => one.stage },
          { id: 'sid', header: 'Statement ID', cell: (one) => one.sid },
        ]}
      />
      {doomed && (
        <DeleteDialog
          what={`trigger ${doomed.what} of API ${doomed.api}`}
          cli={command('lambda', 'remove-permission', {
            'function-name': name,
            'statement-id': doomed.sid,
          })}
          run={() => permissionRemove(name, doomed.sid)}
          onDone={data.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}
