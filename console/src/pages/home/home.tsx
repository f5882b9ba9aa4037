import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import * as apigateway from '../../api/apigateway';
import * as lambda from '../../api/lambda';
import * as logs from '../../api/logs';
import { here } from '../../api/place';
import { useIdentity } from '../../data/identity';
import { colour, knownSessions } from '../../data/sessions';
import { useData, type Data } from '../../data/useData';
import { Breakable } from '../../ui/breakable';
import { Copyable } from '../../ui/copy';
import { PageLink } from '../../ui/page-link';
import { RecentErrors } from './recent-errors';

/** What runs in this account and region, and what to do next. */
export default function Home() {
  const who = useIdentity();
  const { region } = here();
  const apis = useData('apis', apigateway.apiList);
  const functions = useData('functions', () => lambda.functionList());
  const groups = useData('groups', () => logs.groupList());
  return (
    <ContentLayout
      header={<Header variant="h1">{who.label ? `Account ${who.label}` : 'Account'}</Header>}
    >
      <SpaceBetween size="l">
        <Container>
          <KeyValuePairs
            columns={3}
            items={[
              { label: 'Account ID', value: <Copyable text={who.account} label="account ID" /> },
              { label: 'Signed in as', value: <Breakable text={who.arn} /> },
              { label: 'Region', value: region },
            ]}
          />
        </Container>
        <ColumnLayout columns={3}>
          <Counter title="APIs" to="/apigateway" data={apis}>
            {(api) => (
              <PageLink to={`/apigateway/apis/${api.id}/resources`}>{api.name || api.id}</PageLink>
            )}
          </Counter>
          <Counter title="Functions" to="/lambda" data={functions}>
            {(one) => (
              <PageLink to={`/lambda/functions/${one.FunctionName}`}>{one.FunctionName}</PageLink>
            )}
          </Counter>
          <Counter title="Log groups" to="/logs" data={groups}>
            {(group) => (
              <PageLink to={`/logs/groups/${encodeURIComponent(group.logGroupName)}`}>
                {group.logGroupName}
              </PageLink>
            )}
          </Counter>
        </ColumnLayout>
        <RecentErrors />
        <NextSteps hasApi={Boolean(apis.value?.length)} hasFunction={Boolean(functions.value?.length)} />
      </SpaceBetween>
    </ContentLayout>
  );
}

interface CounterProps<T> {
  title: string;
  to: string;
  data: Data<T[]>;
  children: (item: T) => ReactNode;
}

function Counter<T>({ title, to, data, children }: CounterProps<T>) {
  const count = data.value ? `(${data.value.length})` : undefined;
  return (
    <Container
      fitHeight
      header={
        <Header variant="h2" counter={count}>
          <PageLink to={to}>{title}</PageLink>
        </Header>
      }
    >
      {data.isLoading && <StatusIndicator type="loading">Loading</StatusIndicator>}
      {data.error && <StatusIndicator type="error">{data.error.message}</StatusIndicator>}
      {data.value?.length === 0 && <Box color="text-body-secondary">None yet</Box>}
      <SpaceBetween size="xxs">
        {data.value?.slice(0, 5).map((item, index) => (
          <div key={index}>{children(item)}</div>
        ))}
      </SpaceBetween>
    </Container>
  );
}

function NextSteps({ hasApi, hasFunction }: { hasApi: boolean; hasFunction: boolean }) {
  const navigate = useNavigate();
  const { session } = here();
  const others = knownSessions().filter((one) => one.number !== session);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="An API of one account calls a function of another, once the function's policy allows it."
        >
          Next steps
        </Header>
      }
    >
      <SpaceBetween size="m">
        <div className="row-between">
          <StatusIndicator type={hasApi ? 'success' : 'pending'}>
            Create an API: the example API is one click away
          </StatusIndicator>
          <Button onClick={() => void navigate('/apigateway')}>Create API</Button>
        </div>
        <div className="row-between">
          <StatusIndicator type={hasFunction ? 'success' : 'pending'}>
            Create a function, in this account or in another
          </StatusIndicator>
          <Button onClick={() => void navigate('/lambda/create')}>Create function</Button>
        </div>
        <div className="row-between">
          <StatusIndicator type={others.length > 0 ? 'success' : 'pending'}>
            Sign in to a second account, in a tab of its own
          </StatusIndicator>
          <SpaceBetween direction="horizontal" size="xs">
            {others.map((one) => (
              <Button
                key={one.number}
                href={`/console/s/${one.number}/`}
                target="_blank"
                iconName="external"
                iconAlign="right"
              >
                <span className={`account-dot account-${colour(one.account)}`} />
                {one.label}
              </Button>
            ))}
            <Button href="/console/sign-in" target="_blank" iconName="external" iconAlign="right">
              Add session
            </Button>
          </SpaceBetween>
        </div>
      </SpaceBetween>
    </Container>
  );
}
