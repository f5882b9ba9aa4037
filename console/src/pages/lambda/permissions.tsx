import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { command } from '../../api/cli';
import {
  permissionRemove,
  policyGet,
  type FunctionConfiguration,
  type Statement,
} from '../../api/lambda';
import { useData } from '../../data/useData';
import { Breakable } from '../../ui/breakable';
import { CodeBlock } from '../../ui/code-block';
import { DeleteDialog } from '../../ui/delete-dialog';
import { PageLink } from '../../ui/page-link';
import { ResourceTable } from '../../ui/resource-table';
import { EditPermission } from './edit-permission';
import {
  addCommand,
  draftOf,
  principalOf,
  removeCommand,
  textOf,
  uneditable,
} from './permission-draft';

function conditions(statement: Statement): string {
  const operators = Object.entries(statement.Condition ?? {});
  if (operators.length === 0) return 'None';
  return operators
    .flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, value]) => `${operator} ${key} ${textOf(value)}`),
    )
    .join('; ');
}

/** `Permissions`: what the function may, and who may call the function. */
export function Permissions({ configuration }: { configuration: FunctionConfiguration }) {
  const name = configuration.FunctionName;
  const policy = useData(`policy/${name}`, () => policyGet(name));
  const [edited, setEdited] = useState<{ statement?: Statement | undefined }>();
  const [doomed, setDoomed] = useState<Statement>();
  const [isShown, setShown] = useState(true);
  const statements = { ...policy, value: policy.isLoading ? undefined : (policy.value?.statements ?? []) };
  // AddPermission allows only; PutResourcePolicy may deny.
  const hasDeny = policy.value?.statements.some((one) => one.Effect !== 'Allow') ?? false;
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
        cli={(one) =>
          // A command that leaves a condition out would grant more than the statement.
          uneditable(one)
            ? command('lambda', 'get-policy', { 'function-name': name })
            : addCommand(name, draftOf(one))
        }
        empty={<Button onClick={() => setEdited({})}>Add permissions</Button>}
        actions={([one]) => (
          <>
            <Button disabled={!policy.value} onClick={() => setShown(!isShown)}>
              View policy
            </Button>
            <Button disabled={!one?.Sid} onClick={() => setDoomed(one)}>
              Delete
            </Button>
            <Button
              disabled={uneditable(one) !== undefined}
              disabledReason={uneditable(one) ?? ''}
              onClick={() => setEdited({ statement: one })}
            >
              Edit
            </Button>
            <Button onClick={() => setEdited({})}>Add permissions</Button>
          </>
        )}
        columns={[
          { id: 'sid', header: 'Statement ID', cell: (one) => one.Sid ?? '–', isRowHeader: true },
          ...(hasDeny
            ? [{ id: 'effect', header: 'Effect', cell: (one: Statement) => one.Effect }]
            : []),
          { id: 'principal', header: 'Principal', cell: (one) => <Breakable text={principalOf(one)} /> },
          {
            id: 'conditions',
            header: 'Conditions',
            minWidth: 240,
            cell: (one) => <Breakable text={conditions(one)} />,
          },
          { id: 'action', header: 'Action', cell: (one) => <Breakable text={textOf(one.Action)} /> },
        ]}
      />
      {isShown && policy.value && (
        <Container header={<Header variant="h2">Resource-based policy document</Header>}>
          <CodeBlock text={policy.value.text} label="resource-based policy" />
        </Container>
      )}
      {edited && (
        <EditPermission
          name={name}
          statement={edited.statement}
          onDone={policy.reload}
          onClose={() => setEdited(undefined)}
        />
      )}
      {doomed && (
        <DeleteDialog
          what={`statement ${doomed.Sid ?? ''}`}
          cli={removeCommand(name, doomed.Sid)}
          run={() => permissionRemove(name, doomed.Sid ?? '')}
          onDone={policy.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </SpaceBetween>
  );
}
