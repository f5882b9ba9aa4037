import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { uuid } from '../../api/arn';
import { command } from '../../api/cli';
import {
  permissionAdd,
  permissionRemove,
  policyGet,
  type FunctionConfiguration,
  type Statement,
} from '../../api/lambda';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { AsCli } from '../../ui/as-cli';
import { CodeBlock } from '../../ui/code-block';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { PageLink } from '../../ui/page-link';
import { ResourceTable } from '../../ui/resource-table';

const text = (value: unknown): string =>
  typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : '';

function principal(statement: Statement): string {
  if (typeof statement.Principal === 'string') return statement.Principal;
  return Object.values(statement.Principal).map(text).join(', ');
}

function conditions(statement: Statement): string {
  const operators = Object.entries(statement.Condition ?? {});
  if (operators.length === 0) return 'None';
  return operators
    .flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, value]) => `${operator} ${key} ${text(value)}`),
    )
    .join('; ');
}

/** The command that adds such a statement, to this function or, with another name, to another. */
function addCommand(name: string, statement: Statement): string {
  const keys = Object.values(statement.Condition ?? {}).flatMap((one) => Object.entries(one));
  const condition = (key: string) =>
    text(keys.find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1]);
  return command('lambda', 'add-permission', {
    'function-name': name,
    'source-arn': condition('aws:SourceArn'),
    'source-account': condition('aws:SourceAccount'),
    'principal-org-id': condition('aws:PrincipalOrgID'),
    'function-url-auth-type': condition('lambda:FunctionUrlAuthType'),
    principal: principal(statement),
    'statement-id': statement.Sid,
    action: text(statement.Action),
  });
}

/** `Permissions`: what the function may, and who may call the function. */
export function Permissions({ configuration }: { configuration: FunctionConfiguration }) {
  const name = configuration.FunctionName;
  const policy = useData(`policy/${name}`, () => policyGet(name));
  const [isAdding, setAdding] = useState(false);
  const [doomed, setDoomed] = useState<Statement>();
  const [isShown, setShown] = useState(true);
  const statements = { ...policy, value: policy.isLoading ? undefined : (policy.value?.statements ?? []) };
  const role = configuration.Role.split('/').pop() ?? '';
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Execution role</Header>}>
        <KeyValuePairs
          columns={1}
          items={[
            {
              label: 'Role name',
              value: <PageLink to={`/iam/roles/${encodeURIComponent(role)}`}>{role}</PageLink>,
            },
          ]}
        />
      </Container>
      <ResourceTable
        title="Resource-based policy statements"
        noun="policy statement"
        level="h2"
        description="Who may call this function, from this account and from others."
        data={statements}
        id={(one) => one.Sid ?? JSON.stringify(one)}
        selects="single"
        cli={(one) => addCommand(name, one)}
        empty={<Button onClick={() => setAdding(true)}>Add permissions</Button>}
        actions={([one]) => (
          <>
            <Button disabled={!policy.value} onClick={() => setShown(!isShown)}>
              View policy
            </Button>
            <Button disabled={!one?.Sid} onClick={() => setDoomed(one)}>
              Delete
            </Button>
            <Button onClick={() => setAdding(true)}>Add permissions</Button>
          </>
        )}
        columns={[
          { id: 'sid', header: 'Statement ID', cell: (one) => one.Sid ?? '–', isRowHeader: true },
          { id: 'effect', header: 'Effect', cell: (one) => one.Effect },
          { id: 'principal', header: 'Principal', cell: principal },
          { id: 'conditions', header: 'Conditions', cell: conditions },
          { id: 'action', header: 'Action', cell: (one) => text(one.Action) },
        ]}
      />
      {isShown && policy.value && (
        <Container header={<Header variant="h2">Resource-based policy document</Header>}>
          <CodeBlock text={policy.value.text} label="resource-based policy" />
        </Container>
      )}
      {isAdding && (
        <AddPermissions
          name={name}
          onDone={policy.reload}
          onClose={() => setAdding(false)}
        />
      )}
      {doomed && (
        <DeleteDialog
          what={`statement ${doomed.Sid ?? ''}`}
          cli={command('lambda', 'remove-permission', {
            'function-name': name,
            'statement-id': doomed.Sid,
          })}
          run={() => permissionRemove(name, doomed.Sid ?? '')}
          onDone={policy.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </SpaceBetween>
  );
}

interface AddPermissionsProps {
  name: string;
  onDone: () => void;
  onClose: () => void;
}

function AddPermissions({ name, onDone, onClose }: AddPermissionsProps) {
  const flash = useFlash();
  const [sid, setSid] = useState(uuid);
  const [who, setWho] = useState('apigateway.amazonaws.com');
  const [source, setSource] = useState('');
  const [action, setAction] = useState('lambda:InvokeFunction');
  const run = async () => {
    await permissionAdd(name, {
      StatementId: sid,
      Principal: who,
      Action: action,
      ...(source ? { SourceArn: source } : {}),
    });
    flash.success(`Added statement ${sid}.`);
  };
  return (
    <Dialog
      title="Add permissions"
      verb="Save"
      isReady={sid !== '' && who !== ''}
      run={run}
      onDone={onDone}
      onClose={onClose}
    >
      <FormField label="Statement ID">
        <Input value={sid} onChange={({ detail }) => setSid(detail.value)} />
      </FormField>
      <FormField label="Principal" description="A service, an account ID or an ARN.">
        <Input value={who} onChange={({ detail }) => setWho(detail.value.trim())} />
      </FormField>
      <FormField label="Source ARN" description="For services: the resource that may call.">
        <Input
          value={source}
          placeholder="arn:aws:execute-api:us-east-1:111111111111:abc123/*/GET/"
          onChange={({ detail }) => setSource(detail.value.trim())}
        />
      </FormField>
      <FormField label="Action">
        <Input value={action} onChange={({ detail }) => setAction(detail.value.trim())} />
      </FormField>
      <AsCli
        text={command('lambda', 'add-permission', {
          'function-name': name,
          'source-arn': source,
          principal: who,
          'statement-id': sid,
          action,
        })}
      />
    </Dialog>
  );
}
