import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { NewPasswordNeeded } from '../../data/sessions';
import type { AttemptProps } from './sign-in';

const KEY = 'crossway-account';

/** `IAM user sign in`: account, user and password, and a new password where one is due. */
export function WithPassword({ attempt }: AttemptProps) {
  const remembered = localStorage.getItem(KEY) ?? '';
  const linked = new URLSearchParams(window.location.search).get('account');
  const [account, setAccount] = useState(linked ?? remembered);
  const [isRemembered, setRemembered] = useState(remembered !== '');
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [isShown, setShown] = useState(false);
  const [isNewNeeded, setNewNeeded] = useState(false);
  const [fresh, setFresh] = useState('');
  const [again, setAgain] = useState('');
  const [isBusy, setBusy] = useState(false);
  const differ = again !== '' && again !== fresh;
  const isReady = account && user && password && (!isNewNeeded || (fresh && again === fresh));
  const submit = () => {
    if (isRemembered) localStorage.setItem(KEY, account.trim());
    else localStorage.removeItem(KEY);
    setBusy(true);
    attempt({
      account: account.trim(),
      user: user.trim(),
      password,
      ...(isNewNeeded ? { newPassword: fresh } : {}),
    }).catch((problem: unknown) => {
      setBusy(false);
      if (problem instanceof NewPasswordNeeded) setNewNeeded(true);
    });
  };
  const secret = (label: string, value: string, set: (text: string) => void, complete: string) => (
    <FormField label={label} errorText={label.startsWith('Confirm') && differ ? 'The passwords differ.' : ''}>
      <Input
        type={isShown ? 'text' : 'password'}
        value={value}
        autoComplete={complete}
        onChange={({ detail }) => set(detail.value)}
      />
    </FormField>
  );
  return (
    <Container header={<Header variant="h2">IAM user sign in</Header>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) submit();
        }}
      >
        <SpaceBetween size="m">
          <FormField label="Account ID or alias">
            <Input
              value={account}
              autoComplete="organization"
              disabled={isNewNeeded}
              onChange={({ detail }) => setAccount(detail.value)}
            />
          </FormField>
          <Checkbox checked={isRemembered} onChange={({ detail }) => setRemembered(detail.checked)}>
            Remember this account
          </Checkbox>
          <FormField label="IAM username">
            <Input
              value={user}
              autoComplete="username"
              disabled={isNewNeeded}
              onChange={({ detail }) => setUser(detail.value)}
            />
          </FormField>
          {secret('Password', password, setPassword, 'current-password')}
          {isNewNeeded && (
            <SpaceBetween size="m">
              <Alert type="info">You must change your password to continue.</Alert>
              {secret('New password', fresh, setFresh, 'new-password')}
              {secret('Confirm new password', again, setAgain, 'new-password')}
            </SpaceBetween>
          )}
          <Checkbox checked={isShown} onChange={({ detail }) => setShown(detail.checked)}>
            Show password
          </Checkbox>
          <Button variant="primary" formAction="submit" fullWidth loading={isBusy} disabled={!isReady}>
            {isNewNeeded ? 'Confirm password change' : 'Sign in'}
          </Button>
        </SpaceBetween>
      </form>
    </Container>
  );
}
