import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { command } from '../../api/cli';
import * as iam from '../../api/iam';
import { useIdentity } from '../../data/identity';
import { knownSessions } from '../../data/sessions';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { Breakable } from '../../ui/breakable';
import { Copyable } from '../../ui/copy';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { PageLink } from '../../ui/page-link';
import { Opening } from '../../ui/opening';
import { ResourceTable } from '../../ui/resource-table';
import { signInUrl } from './sign-in-url';

/** The account: its alias and sign-in link, how much it has, and this browser's other accounts. */
export default function Account() {
  const who = useIdentity();
  const aliases = useData('aliases', iam.aliasList);
  const summary = useData('summary', iam.accountSummary);
  const [dialog, setDialog] = useState('');
  const alias = aliases.value?.[0];
  if (!aliases.value) return <Opening data={aliases} />;
  const count = (name: string, to: string) => ({
    label: name,
    value: <PageLink to={to}>{String(summary.value?.[name] ?? '–')}</PageLink>,
  });
  return (
    <SpaceBetween size="l">
      <Header variant="h1">Account</Header>
      <Container
        header={
          <Header
            variant="h2"
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button disabled={!alias} onClick={() => setDialog('delete')}>
                  Delete alias
                </Button>
                <Button onClick={() => setDialog('edit')}>
                  {alias ? 'Edit alias' : 'Create alias'}
                </Button>
              </SpaceBetween>
            }
          >
            AWS account
          </Header>
        }
      >
        <KeyValuePairs
          columns={2}
          items={[
            { label: 'Account ID', value: <Copyable text={who.account} label="account ID" /> },
            { label: 'Account alias', value: alias ?? '–' },
            {
              label: 'Sign-in URL for IAM users in this account',
              value: <Copyable text={signInUrl(alias ?? who.account)} label="sign-in URL" />,
            },
          ]}
        />
      </Container>
      <Container header={<Header variant="h2">IAM resources</Header>}>
        <KeyValuePairs
          columns={4}
          items={[
            count('Groups', '/iam/groups'),
            count('Users', '/iam/users'),
            count('Roles', '/iam/roles'),
            count('Policies', '/iam/policies'),
          ]}
        />
      </Container>
      <ResourceTable
        title="Sessions in this browser"
        noun="session"
        level="h2"
        data={{ value: knownSessions(), error: undefined, isLoading: false, reload: () => {} }}
        id={(one) => `${one.label} ${one.number}`}
        columns={[
          {
            id: 'account',
            header: 'Account',
            isRowHeader: true,
            cell: (one) => `${one.label} (${one.account})`,
          },
          { id: 'who', header: 'Signed in as', cell: (one) => <Breakable text={one.arn} /> },
          {
            id: 'open',
            header: 'Console',
            cell: (one) => (
              <Button
                variant="inline-link"
                href={`/console/s/${one.number}/`}
                target="_blank"
                iconName="external"
                iconAlign="right"
                ariaLabel={`Open session ${one.number} of ${one.label}`}
              >
                Open
              </Button>
            ),
          },
        ]}
      />
      {dialog === 'edit' && (
        <EditAlias before={alias} onDone={aliases.reload} onClose={() => setDialog('')} />
      )}
      {dialog === 'delete' && alias && (
        <DeleteDialog
          what={`alias ${alias}`}
          cli={command('iam', 'delete-account-alias', { 'account-alias': alias })}
          run={() => iam.aliasDelete(alias)}
          onDone={aliases.reload}
          onClose={() => setDialog('')}
        />
      )}
    </SpaceBetween>
  );
}

interface EditAliasProps {
  before: string | undefined;
  onDone: () => void;
  onClose: () => void;
}

function EditAlias({ before, onDone, onClose }: EditAliasProps) {
  const flash = useFlash();
  const [alias, setAlias] = useState(before ?? '');
  const run = async () => {
    await iam.aliasCreate(alias);
    flash.success(`The account's alias is ${alias}.`);
  };
  return (
    <Dialog
      title={before ? 'Edit alias' : 'Create alias'}
      verb="Save changes"
      isReady={/^[a-z0-9](-?[a-z0-9]){2,62}$/.test(alias) && alias !== before}
      run={run}
      onDone={onDone}
      onClose={onClose}
      cli={command('iam', 'create-account-alias', { 'account-alias': alias })}
    >
      <FormField
        label="Preferred alias"
        description="Lower-case letters, digits and single dashes; between 3 and 63."
      >
        <Input value={alias} onChange={({ detail }) => setAlias(detail.value.trim())} />
      </FormField>
    </Dialog>
  );
}
