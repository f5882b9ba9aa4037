import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { AttemptProps } from './sign-in';

/** The other way in: the pair of keys that programs use, temporary ones with their token. */
export function WithAccessKey({ attempt }: AttemptProps) {
  const [key, setKey] = useState('');
  const [secret, setSecret] = useState('');
  const [token, setToken] = useState('');
  const [isBusy, setBusy] = useState(false);
  const isTemporary = key.startsWith('ASIA');
  const submit = () => {
    setBusy(true);
    attempt({
      accessKeyId: key.trim(),
      secretAccessKey: secret.trim(),
      sessionToken: token.trim(),
    }).catch(() => setBusy(false));
  };
  return (
    <ExpandableSection variant="container" headerText="Sign in with an access key">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <SpaceBetween size="m">
          <FormField label="Access key ID">
            <Input value={key} autoComplete="off" onChange={({ detail }) => setKey(detail.value)} />
          </FormField>
          <FormField label="Secret access key">
            <Input
              type="password"
              value={secret}
              autoComplete="off"
              onChange={({ detail }) => setSecret(detail.value)}
            />
          </FormField>
          {isTemporary && (
            <FormField label="Session token">
              <Input
                value={token}
                autoComplete="off"
                onChange={({ detail }) => setToken(detail.value)}
              />
            </FormField>
          )}
          <Button formAction="submit" fullWidth loading={isBusy} disabled={!key || !secret}>
            Sign in with access key
          </Button>
        </SpaceBetween>
      </form>
    </ExpandableSection>
  );
}
