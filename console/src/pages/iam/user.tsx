import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useParams } from 'react-router';
import { userGet } from '../../api/iam';
import { useData } from '../../data/useData';
import { Copyable } from '../../ui/copy';
import { Opening } from '../../ui/opening';
import { PageTabs } from '../../ui/page-tabs';
import { when } from '../../ui/time';
import { AccessKeys } from './access-keys';
import { ConsoleAccess } from './console-access';
import { IdentityPolicies } from './identity-policies';
import { Memberships } from './memberships';

/** A user: permissions, groups, password and access keys. */
export default function User() {
  const { name = '' } = useParams();
  const user = useData(`user/${name}`, () => userGet(name));
  if (!user.value) return <Opening data={user} />;
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{name}</Header>
      <Container header={<Header variant="h2">Summary</Header>}>
        <KeyValuePairs
          columns={2}
          items={[
            { label: 'ARN', value: <Copyable text={user.value.Arn} label="user ARN" /> },
            { label: 'User ID', value: user.value.UserId },
            { label: 'Created', value: when(user.value.CreateDate) },
          ]}
        />
      </Container>
      <PageTabs
        label="User"
        tabs={[
          {
            id: 'permissions',
            label: 'Permissions',
            content: <IdentityPolicies kind="User" name={name} />,
          },
          { id: 'groups', label: 'Groups', content: <Memberships user={name} /> },
          {
            id: 'keys',
            label: 'Security credentials',
            content: (
              <SpaceBetween size="l">
                <ConsoleAccess user={name} />
                <AccessKeys user={name} />
              </SpaceBetween>
            ),
          },
        ]}
      />
    </SpaceBetween>
  );
}
