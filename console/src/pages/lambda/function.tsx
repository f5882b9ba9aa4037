import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useEffect, useState } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { command } from '../../api/cli';
import { functionDelete, functionGet } from '../../api/lambda';
import { concurrencyGet } from '../../api/lambda-settings';
import { useData } from '../../data/useData';
import { Copyable, CopyButton } from '../../ui/copy';
import { DeleteDialog } from '../../ui/delete-dialog';
import { lazily } from '../../ui/lazily';
import { Opening } from '../../ui/opening';
import { when } from '../../ui/time';
import { Throttle, Throttled } from './throttle';

// A tab's code comes with the tab.
const Code = lazily(async () => (await import('./code')).default);
const FunctionLayers = lazily(async () => (await import('./function-layers')).FunctionLayers);
const TestFunction = lazily(async () => (await import('./test-function')).TestFunction);
const Monitor = lazily(async () => (await import('./monitor')).Monitor);
const Configuration = lazily(async () => (await import('./configuration')).Configuration);
const Aliases = lazily(async () => (await import('./versions')).Aliases);
const Versions = lazily(async () => (await import('./versions')).Versions);
// The first one comes along with the page.
if ((new URLSearchParams(window.location.search).get('tab') ?? 'code') === 'code') {
  Code.begin();
  FunctionLayers.begin();
}

/** A function: what it is at the top, its code and everything else in tabs. */
export default function Function() {
  const { name = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const navigate = useNavigate();
  const [isDeleting, setDeleting] = useState(false);
  const data = useData(`function/${name}`, () => functionGet(name));
  const concurrency = useData(`function-concurrency/${name}`, () => concurrencyGet(name));
  const reserved = concurrency.value?.ReservedConcurrentExecutions;
  const tab = search.get('tab') ?? 'code';
  const found = data.value;
  // A new function is pending for a moment; the page follows until it is active.
  const isPending = found?.Configuration.State === 'Pending';
  useEffect(() => {
    if (!isPending) return;
    const timer = setTimeout(data.reload, 500);
    return () => clearTimeout(timer);
  });
  if (!found) return <Opening data={data} />;
  const configuration = found.Configuration;
  const arn = configuration.FunctionArn;
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Throttle name={name} reserved={reserved} onDone={concurrency.reload} />
            <CopyButton text={arn} label="Copy ARN" />
            <ButtonDropdown
              items={[
                { id: 'versions', text: 'Publish new version' },
                { id: 'aliases', text: 'Create alias' },
                { id: 'delete', text: 'Delete function' },
              ]}
              onItemClick={({ detail }) =>
                detail.id === 'delete' ? setDeleting(true) : setSearch({ tab: detail.id })
              }
            >
              Actions
            </ButtonDropdown>
          </SpaceBetween>
        }
      >
        {name}
      </Header>
      {reserved === 0 && <Throttled name={name} />}
      <Container header={<Header variant="h2">Function overview</Header>}>
        <KeyValuePairs
          columns={2}
          items={[
            { label: 'Description', value: configuration.Description || '–' },
            { label: 'Function ARN', value: <Copyable text={arn} label="function ARN" /> },
            { label: 'Last modified', value: when(configuration.LastModified) },
            { label: 'State', value: configuration.State ?? '–' },
          ]}
        />
      </Container>
      <Tabs
        ariaLabel="Function"
        activeTabId={tab}
        onChange={({ detail }) => setSearch({ tab: detail.activeTabId }, { replace: true })}
        tabs={[
          {
            id: 'code',
            label: 'Code',
            content: (
              <SpaceBetween size="l">
                <Code detail={found} onChanged={data.reload} />
                <FunctionLayers configuration={configuration} onChanged={data.reload} />
              </SpaceBetween>
            ),
          },
          { id: 'test', label: 'Test', content: <TestFunction name={name} /> },
          { id: 'monitor', label: 'Monitor', content: <Monitor name={name} /> },
          {
            id: 'configuration',
            label: 'Configuration',
            content: (
              <Configuration
                configuration={configuration}
                onChanged={data.reload}
                concurrency={concurrency}
              />
            ),
          },
          { id: 'aliases', label: 'Aliases', content: <Aliases name={name} /> },
          { id: 'versions', label: 'Versions', content: <Versions name={name} /> },
        ]}
      />
      {isDeleting && (
        <DeleteDialog
          what={`function ${name}`}
          word="delete"
          cli={command('lambda', 'delete-function', { 'function-name': name })}
          run={() => functionDelete(name)}
          onDone={() => void navigate('/lambda')}
          onClose={() => setDeleting(false)}
        />
      )}
    </SpaceBetween>
  );
}
