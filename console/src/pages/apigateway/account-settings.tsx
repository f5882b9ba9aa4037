import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Patch } from '../../api/apigateway';
import { patchCommand } from '../../api/cli';
import { accountGet, accountUpdate } from '../../api/plans';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { Dialog } from '../../ui/dialog';
import { Opening } from '../../ui/opening';

/** `Settings`: what holds for every API of the account and Region. */
export default function AccountSettings() {
  const found = useData('account-settings', accountGet);
  const [isEditing, setEditing] = useState(false);
  const account = found.value;
  if (!account) return <Opening data={found} />;
  return (
    <SpaceBetween size="l">
      <Header variant="h1">Settings</Header>
      <Container
        header={
          <Header variant="h2" actions={<Button onClick={() => setEditing(true)}>Edit</Button>}>
            Logging
          </Header>
        }
      >
        <KeyValuePairs
          columns={1}
          items={[
            { label: 'CloudWatch log role ARN', value: account.cloudwatchRoleArn || '–' },
          ]}
        />
      </Container>
      <Container header={<Header variant="h2">Account-level throttling</Header>}>
        <KeyValuePairs
          columns={2}
          items={[
            { label: 'Rate', value: `${account.throttleSettings?.rateLimit ?? '–'} per second` },
            { label: 'Burst', value: account.throttleSettings?.burstLimit ?? '–' },
          ]}
        />
      </Container>
      {isEditing && (
        <EditRole
          role={account.cloudwatchRoleArn ?? ''}
          onDone={found.reload}
          onClose={() => setEditing(false)}
        />
      )}
    </SpaceBetween>
  );
}

function EditRole(props: { role: string; onDone: () => void; onClose: () => void }) {
  const flash = useFlash();
  const [role, setRole] = useState(props.role);
  const patches: Patch[] = [{ op: 'replace', path: '/cloudwatchRoleArn', value: role }];
  const run = async () => {
    await accountUpdate(patches);
    flash.success('Saved the logging role.');
  };
  return (
    <Dialog
      title="Edit logging"
      verb="Save changes"
      run={run}
      onDone={props.onDone}
      onClose={props.onClose}
      cli={patchCommand('update-account', {}, patches)}
    >
      <FormField
        label="CloudWatch log role ARN"
        description="The role that API Gateway writes logs as; its trust policy names apigateway.amazonaws.com."
      >
        <Input
          value={role}
          placeholder="arn:aws:iam::111111111111:role/apigateway-logs"
          onChange={({ detail }) => setRole(detail.value.trim())}
        />
      </FormField>
    </Dialog>
  );
}
