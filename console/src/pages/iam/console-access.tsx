import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import { command } from '../../api/cli';
import * as iam from '../../api/iam';
import { useIdentity } from '../../data/identity';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { Copyable } from '../../ui/copy';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { Problem } from '../../ui/problem';
import { when } from '../../ui/time';
import { signInUrl } from './sign-in-url';

/** `Console sign-in`: whether a user may sign in with a password. */
export function ConsoleAccess({ user }: { user: string }) {
  const who = useIdentity();
  const profile = useData(`login-profile/${user}`, async () => ({
    found: await iam.loginProfileGet(user),
  }));
  const [dialog, setDialog] = useState('');
  const found = profile.value?.found;
  if (profile.error) return <Problem error={profile.error} retry={profile.reload} />;
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button disabled={!found} onClick={() => setDialog('delete')}>
                Disable console access
              </Button>
              <Button disabled={profile.isLoading} onClick={() => setDialog('set')}>
                {found ? 'Reset password' : 'Enable console access'}
              </Button>
            </SpaceBetween>
          }
        >
          Console sign-in
        </Header>
      }
    >
      <KeyValuePairs
        columns={3}
        items={[
          {
            label: 'Console sign-in link',
            value: <Copyable text={signInUrl(who.label)} label="sign-in link" />,
          },
          {
            label: 'Console password',
            value: found ? `Set ${when(found.CreateDate)}` : 'Not enabled',
          },
          {
            label: 'Must change it at next sign-in',
            value: found?.PasswordResetRequired === 'true' ? 'Yes' : 'No',
          },
        ]}
      />
      {dialog === 'set' && (
        <SetPassword
          user={user}
          operation={found ? 'Update' : 'Create'}
          onDone={profile.reload}
          onClose={() => setDialog('')}
        />
      )}
      {dialog === 'delete' && (
        <DeleteDialog
          what={`the password of ${user}`}
          cli={command('iam', 'delete-login-profile', { 'user-name': user })}
          run={() => iam.loginProfileDelete(user)}
          onDone={profile.reload}
          onClose={() => setDialog('')}
        />
      )}
    </Container>
  );
}

interface SetPasswordProps {
  user: string;
  operation: 'Create' | 'Update';
  onDone: () => void;
  onClose: () => void;
}

function SetPassword({ user, operation, onDone, onClose }: SetPasswordProps) {
  const flash = useFlash();
  const [password, setPassword] = useState('');
  const [isReset, setReset] = useState(true);
  const run = async () => {
    await iam.loginProfilePut(operation, user, password, isReset);
    flash.success(`User ${user} can sign in with the password.`);
  };
  return (
    <Dialog
      title={operation === 'Create' ? 'Enable console access' : 'Reset password'}
      verb="Save"
      isReady={password !== ''}
      run={run}
      onDone={onDone}
      onClose={onClose}
      cli={command('iam', `${operation.toLowerCase()}-login-profile`, {
        'user-name': user,
        password: '********',
        [isReset ? 'password-reset-required' : 'no-password-reset-required']: true,
      })}
    >
      <FormField label="Custom password" description="At least 8 characters, or as the account’s password policy says.">
        <Input
          type="password"
          autoComplete="new-password"
          value={password}
          onChange={({ detail }) => setPassword(detail.value)}
        />
      </FormField>
      <Toggle checked={isReset} onChange={({ detail }) => setReset(detail.checked)}>
        User must create a new password at next sign-in (recommended)
      </Toggle>
    </Dialog>
  );
}
