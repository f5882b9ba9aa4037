import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Tabs from '@cloudscape-design/components/tabs';
import { useState } from 'react';
import { useParams, useSearchParams } from 'react-router';
import {
  deploymentList,
  stageDelete,
  stageList,
  stageUpdate,
  type Deployment,
  type Stage,
} from '../../api/apigateway';
import { here } from '../../api/place';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { Copyable } from '../../ui/copy';
import { DeleteDialog } from '../../ui/delete-dialog';
import { PageLink } from '../../ui/page-link';
import { Problem } from '../../ui/problem';
import { ResourceTable } from '../../ui/resource-table';
import { when } from '../../ui/time';
import { DeployApi } from './deploy-api';
import { EditLogs, EditVariables, ExportStage } from './stage-dialogs';

/** Where a stage is called. Names below localhost lead to this machine without any set-up. */
export function invokeUrl(api: string, stage: string): string {
  const { protocol, hostname, port, origin } = window.location;
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  if (!isLoopback) return `${origin}/_aws/execute-api/${api}/${stage}`;
  return `${protocol}//${api}.execute-api.${here().region}.localhost${port ? `:${port}` : ''}/${stage}`;
}

/** The stages of an API. */
export default function Stages() {
  const { api = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const stages = useData(`stages/${api}`, () => stageList(api));
  const [isDeploying, setDeploying] = useState(false);
  const all = stages.value ?? [];
  const stage = all.find((one) => one.stageName === search.get('stage')) ?? all[0];
  if (stages.error) return <Problem error={stages.error} retry={stages.reload} />;
  if (stages.isLoading) return <Spinner size="large" />;
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        actions={<Button onClick={() => setDeploying(true)}>Deploy API</Button>}
      >
        Stages
      </Header>
      {stage ? (
        <div className="tree">
          <Container header={<Header variant="h2">Stages</Header>}>
            <nav aria-label="Stages">
              <ul>
                {all.map((one) => (
                  <li key={one.stageName}>
                    <button
                      type="button"
                      aria-current={one === stage}
                      onClick={() => setSearch({ stage: one.stageName })}
                    >
                      {one.stageName}
                    </button>
                  </li>
                ))}
              </ul>
            </nav>
          </Container>
          <StageView key={stage.stageName} api={api} stage={stage} onChanged={stages.reload} />
        </div>
      ) : (
        <Container>
          <Box textAlign="center">
            <SpaceBetween size="s">
              <b>No stages</b>
              <Box>A stage serves a deployment of the API under a URL of its own.</Box>
              <Button variant="primary" onClick={() => setDeploying(true)}>
                Deploy API
              </Button>
            </SpaceBetween>
          </Box>
        </Container>
      )}
      {isDeploying && (
        <DeployApi
          api={api}
          onClose={() => {
            setDeploying(false);
            stages.reload();
          }}
        />
      )}
    </SpaceBetween>
  );
}

interface StageViewProps {
  api: string;
  stage: Stage;
  onChanged: () => void;
}

function StageView({ api, stage, onChanged }: StageViewProps) {
  const [dialog, setDialog] = useState('');
  const deployments = useData(`deployments/${api}/${stage.deploymentId}`, () => deploymentList(api));
  const active = deployments.value?.find((one) => one.id === stage.deploymentId);
  const url = invokeUrl(api, stage.stageName);
  const close = () => setDialog('');
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            variant="h2"
            actions={
              <ButtonDropdown
                items={[
                  { id: 'export', text: 'Export' },
                  { id: 'delete', text: 'Delete stage' },
                ]}
                onItemClick={({ detail }) => setDialog(detail.id)}
              >
                Stage actions
              </ButtonDropdown>
            }
          >
            Stage details
          </Header>
        }
      >
        <SpaceBetween size="m">
          <KeyValuePairs
            columns={3}
            items={[
              { label: 'Stage name', value: stage.stageName },
              {
                label: 'Active deployment',
                value: `${stage.deploymentId}${active ? ` on ${when(active.createdDate)}` : ''}`,
              },
              { label: 'Last updated', value: when(stage.lastUpdatedDate) },
            ]}
          />
          <KeyValuePairs
            columns={1}
            items={[
              {
                label: 'Invoke URL',
                value: (
                  <SpaceBetween size="xxs">
                    <Copyable text={url} label="invoke URL" />
                    <Link href={`${url}/`} external externalIconAriaLabel="(opens in a new tab)">
                      Open
                    </Link>
                  </SpaceBetween>
                ),
              },
            ]}
          />
        </SpaceBetween>
      </Container>
      <Logging api={api} stage={stage} edit={() => setDialog('logs')} />
      <Tabs
        ariaLabel="Stage"
        tabs={[
          {
            id: 'variables',
            label: 'Stage variables',
            content: <Variables stage={stage} edit={() => setDialog('variables')} />,
          },
          {
            id: 'deployments',
            label: 'Deployment history',
            content: (
              <Deployments api={api} stage={stage} deployments={deployments} onChanged={onChanged} />
            ),
          },
        ]}
      />
      {dialog === 'logs' && (
        <EditLogs api={api} stage={stage} onDone={onChanged} onClose={close} />
      )}
      {dialog === 'variables' && (
        <EditVariables api={api} stage={stage} onDone={onChanged} onClose={close} />
      )}
      {dialog === 'export' && <ExportStage api={api} stage={stage.stageName} onClose={close} />}
      {dialog === 'delete' && (
        <DeleteDialog
          what={`stage ${stage.stageName}`}
          word="confirm"
          run={() => stageDelete(api, stage.stageName)}
          onDone={onChanged}
          onClose={close}
        />
      )}
    </SpaceBetween>
  );
}

function Logging({ api, stage, edit }: { api: string; stage: Stage; edit: () => void }) {
  const settings = stage.methodSettings?.['*/*'] ?? {};
  const level = String(settings['loggingLevel'] ?? 'OFF');
  const group = `API-Gateway-Execution-Logs_${api}/${stage.stageName}`;
  return (
    <Container
      header={
        <Header variant="h2" actions={<Button onClick={edit}>Edit</Button>}>
          Logs and tracing
        </Header>
      }
    >
      <KeyValuePairs
        columns={3}
        items={[
          {
            label: 'CloudWatch logs',
            value:
              level === 'OFF' ? (
                'Inactive'
              ) : (
                <PageLink to={`/logs/groups/${encodeURIComponent(group)}`}>
                  {level === 'ERROR' ? 'Errors only' : 'Errors and info logs'}
                </PageLink>
              ),
          },
          { label: 'Data tracing', value: settings['dataTraceEnabled'] ? 'Active' : 'Inactive' },
          {
            label: 'Custom access logging',
            value: stage.accessLogSettings?.destinationArn ? 'Active' : 'Inactive',
          },
        ]}
      />
    </Container>
  );
}

function Variables({ stage, edit }: { stage: Stage; edit: () => void }) {
  const rows = Object.entries(stage.variables ?? {}).map(([name, value]) => ({ name, value }));
  return (
    <ResourceTable
      title="Stage variables"
      noun="stage variable"
      level="h2"
      data={{ value: rows, error: undefined, isLoading: false, reload: () => {} }}
      id={(row) => row.name}
      actions={() => <Button onClick={edit}>Manage variables</Button>}
      columns={[
        { id: 'name', header: 'Name', cell: (row) => row.name, isRowHeader: true },
        { id: 'value', header: 'Value', cell: (row) => row.value },
      ]}
    />
  );
}

interface DeploymentsProps extends StageViewProps {
  deployments: ReturnType<typeof useData<Deployment[]>>;
}

function Deployments({ api, stage, deployments, onChanged }: DeploymentsProps) {
  const flash = useFlash();
  const activate = (deployment: Deployment) => {
    stageUpdate(api, stage.stageName, [
      { op: 'replace', path: '/deploymentId', value: deployment.id },
    ]).then(() => {
      flash.success(`Deployment ${deployment.id} is active in ${stage.stageName}.`);
      onChanged();
    }, flash.failure);
  };
  if (deployments.value?.length === 0) return <Alert>No deployments</Alert>;
  return (
    <ResourceTable
      title="Deployments"
      noun="deployment"
      level="h2"
      data={deployments}
      id={(one) => one.id}
      selects="single"
      actions={([one]) => (
        <Button
          disabled={!one || one.id === stage.deploymentId}
          onClick={() => one && activate(one)}
        >
          Change active deployment
        </Button>
      )}
      columns={[
        { id: 'date', header: 'Deployment date', cell: (one) => when(one.createdDate) },
        {
          id: 'status',
          header: 'Status',
          cell: (one) => (one.id === stage.deploymentId ? 'Active' : '–'),
        },
        { id: 'description', header: 'Description', cell: (one) => one.description ?? '–' },
        { id: 'id', header: 'Deployment ID', cell: (one) => one.id, isRowHeader: true },
      ]}
    />
  );
}
