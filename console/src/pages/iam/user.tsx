import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useParams, useSearchParams } from 'react-router';
import { userGet } from '../../api/iam';
import { useData } from '../../data/useData';
import { Copyable } from '../../ui/copy';
import { Opening } from '../../ui/opening';
import { when } from '../../ui/time';
import { AccessKeys } from './access-keys';
import { ConsoleAccess } from './console-access';
import { IdentityPolicies } from './identity-policies';

/** A user: permissions and access keys. */
export default function User() {
  const { name = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const user = useData(`user/${name}`, () => userGet(name));
  if (!user.value) return <Opening data={user} />;
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{name}</Header>
      <Container header={<Header variant="h2">Summary</Header>}>
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'ARN', value: <Copyable text={user.value.Arn} label="user ARN" /> },
            { label: 'User ID', value: user.value.UserId },
            { label: 'Created', value: when(user.value.CreateDate) },
          ]}
        />
      </Container>
      <Tabs
        ariaLabel="User"
        activeTabId={search.get('tab') ?? 'permissions'}
        onChange={({ detail }) => setSearch({ tab: detail.activeTabId }, { replace: true })}
        tabs={[
          {
            id: 'permissions',
            label: 'Permissions',
            content: <IdentityPolicies kind="User" name={name} />,
          },
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
