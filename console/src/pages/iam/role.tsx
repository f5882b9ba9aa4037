import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useParams } from 'react-router';
import { command } from '../../api/cli';
import { pretty, roleGet, trustUpdate, type Role as RoleDetail } from '../../api/iam';
import { useData } from '../../data/useData';
import { describe, useFlash } from '../../shell/flash';
import { AsCli } from '../../ui/as-cli';
import { Copyable } from '../../ui/copy';
import { PageTabs } from '../../ui/page-tabs';
import { isSavable, PolicyField } from '../../ui/policy-field';
import { Opening } from '../../ui/opening';
import { when } from '../../ui/time';
import { IdentityPolicies } from './identity-policies';

/** A role: what it may, and who may take it. */
export default function Role() {
  const { name = '' } = useParams();
  const role = useData(`role/${name}`, () => roleGet(name));
  if (!role.value) return <Opening data={role} />;
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{name}</Header>
      <Container header={<Header variant="h2">Summary</Header>}>
        <KeyValuePairs
          columns={2}
          items={[
            { label: 'ARN', value: <Copyable text={role.value.Arn} label="role ARN" /> },
            { label: 'Description', value: role.value.Description || '–' },
            { label: 'Creation date', value: when(role.value.CreateDate) },
          ]}
        />
      </Container>
      <PageTabs
        label="Role"
        tabs={[
          {
            id: 'permissions',
            label: 'Permissions',
            content: <IdentityPolicies kind="Role" name={name} />,
          },
          {
            id: 'trust',
            label: 'Trust relationships',
            content: <Trust role={role.value} onSaved={role.reload} />,
          },
        ]}
      />
    </SpaceBetween>
  );
}

function Trust({ role, onSaved }: { role: RoleDetail; onSaved: () => void }) {
  const flash = useFlash();
  const saved = pretty(decodeURIComponent(role.AssumeRolePolicyDocument));
  const [text, setText] = useState(saved);
  const [error, setError] = useState<unknown>();
  const save = () => {
    setError(undefined);
    trustUpdate(role.RoleName, text).then(() => {
      flash.success('Updated the trust policy.');
      onSaved();
    }, setError);
  };
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Button disabled={text === saved || !isSavable(text, 'trust')} onClick={save}>
              Update policy
            </Button>
          }
        >
          Trusted entities
        </Header>
      }
    >
      <SpaceBetween size="m">
        {error !== undefined && <Alert type="error">{describe(error)}</Alert>}
        <PolicyField label="Trust policy" kind="trust" value={text} onChange={setText} />
        <AsCli
          text={command('iam', 'update-assume-role-policy', {
            'role-name': role.RoleName,
            'policy-document': text,
          })}
        />
      </SpaceBetween>
    </Container>
  );
}
