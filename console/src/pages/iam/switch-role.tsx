import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { command } from '../../api/cli';
import { assumeRole } from '../../api/sts';
import { useIdentity } from '../../data/identity';
import { freeNumber, remember, signIn } from '../../data/sessions';
import { describe } from '../../shell/flash';
import { AsCli } from '../../ui/as-cli';

/** `Switch Role`: a session of a role, beside the one that it was taken from. */
export default function SwitchRole() {
  const [search] = useSearchParams();
  const who = useIdentity();
  const navigate = useNavigate();
  const [account, setAccount] = useState(search.get('account') ?? '');
  const [role, setRole] = useState(search.get('roleName') ?? '');
  const [name, setName] = useState(search.get('displayName') ?? '');
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const user = who.arn.split('/').pop() ?? 'console';
  const open = async () => {
    const credentials = await assumeRole(`arn:aws:iam::${account}:role/${role}`, user);
    // The credentials pass through this function once, into the cookie that no script reads.
    const found = await signIn({ session: freeNumber(), ...credentials });
    const label = name || account;
    remember({ number: found.session, account: found.account, label, arn: found.arn });
    window.location.assign(`/console/s/${found.session}/`);
  };
  const submit = () => {
    setBusy(true);
    setError(undefined);
    open().catch((problem: unknown) => {
      setError(problem);
      setBusy(false);
    });
  };
  return (
    <Form
      header={
        <Header
          variant="h1"
          description="Opens a session of a role of this or another account. The session that you have stays open."
        >
          Switch Role
        </Header>
      }
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="link" onClick={() => void navigate('/')}>
            Cancel
          </Button>
          <Button
            variant="primary"
            loading={isBusy}
            disabled={!/^\d{12}$/.test(account) || !role}
            onClick={submit}
          >
            Switch Role
          </Button>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="l">
        {error !== undefined && (
          <Alert type="error" header="Could not switch roles using the provided information">
            {describe(error)}
          </Alert>
        )}
        <Container>
          <SpaceBetween size="l">
            <FormField label="Account ID">
              <Input value={account} onChange={({ detail }) => setAccount(detail.value.trim())} />
            </FormField>
            <FormField label="IAM role name" description="Path included.">
              <Input value={role} onChange={({ detail }) => setRole(detail.value.trim())} />
            </FormField>
            <FormField label="Display name – optional">
              <Input value={name} onChange={({ detail }) => setName(detail.value)} />
            </FormField>
          </SpaceBetween>
        </Container>
        <AsCli
          text={command('sts', 'assume-role', {
            'role-arn': `arn:aws:iam::${account || 'ACCOUNT'}:role/${role || 'ROLE'}`,
            'role-session-name': user,
          })}
        />
      </SpaceBetween>
    </Form>
  );
}
