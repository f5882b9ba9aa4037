import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import {
  deploymentList,
  stageDelete,
  stageUpdate,
  type Deployment,
  type Stage,
} from '../../api/apigateway';
import { command } from '../../api/cli';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { Copyable } from '../../ui/copy';
import { DeleteDialog } from '../../ui/delete-dialog';
import { PageLink } from '../../ui/page-link';
import { PageTabs } from '../../ui/page-tabs';
import { ResourceTable } from '../../ui/resource-table';
import { when } from '../../ui/time';
import { Unavailable } from '../../ui/unavailable';
import { ExportStage } from './export-stage';
import { invokeUrl } from './invoke-url';
import { levelName, settingsOf } from './method-settings';
import { EditLogs, EditStage, EditVariables } from './stage-dialogs';

interface StageViewProps {
  api: string;
  stage: Stage;
  onChanged: () => void;
}

/** A stage: where it is called, what it logs, its variables and its deployments. */
export function StageView({ api, stage, onChanged }: StageViewProps) {
  const [dialog, setDialog] = useState('');
  const deployments = useData(`deployments/${api}/${stage.deploymentId}`, () => deploymentList(api));
  const active = deployments.value?.find((one) => one.id === stage.deploymentId);
  const url = invokeUrl(api, stage.stageName);
  const all = settingsOf(stage);
  const close = () => setDialog('');
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            variant="h2"
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <ButtonDropdown
                  items={[
                    { id: 'export', text: 'Export' },
                    {
                      id: 'flush',
                      text: 'Flush stage cache',
                      disabled: true,
                      disabledReason: 'No stage of this server has a cache: cache clusters are refused.',
                    },
                    {
                      id: 'sdk',
                      text: 'Generate SDK',
                      disabled: true,
                      disabledReason: 'This server has no SDK generator (GetSdk).',
                    },
                    { id: 'delete', text: 'Delete stage' },
                  ]}
                  onItemClick={({ detail }) => setDialog(detail.id)}
                >
                  Stage actions
                </ButtonDropdown>
                <Button onClick={() => setDialog('edit')}>Edit</Button>
              </SpaceBetween>
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
              { label: 'Description', value: stage.description || '–' },
              { label: 'Rate', value: limit(all?.throttlingRateLimit, ' per second') },
              { label: 'Burst', value: limit(all?.throttlingBurstLimit, '') },
              { label: 'Cache cluster', value: 'Inactive: this server refuses cache clusters' },
              { label: 'Client certificate', value: stage.clientCertificateId ?? 'None' },
              { label: 'Web ACL', value: 'None: there is no AWS WAF' },
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
      <PageTabs
        label="Stage"
        tabs={[
          {
            id: 'variables',
            label: 'Stage variables',
            content: <Variables api={api} stage={stage} edit={() => setDialog('variables')} />,
          },
          {
            id: 'deployments',
            label: 'Deployment history',
            content: (
              <Deployments api={api} stage={stage} deployments={deployments} onChanged={onChanged} />
            ),
          },
          {
            id: 'canary',
            label: 'Canary',
            content: (
              <Unavailable
                title="Canary"
                verb="Create canary"
                reason="Crossway does not enforce canary releases yet and refuses the setting rather than ignoring it"
              />
            ),
          },
        ]}
      />
      {dialog === 'edit' && (
        <EditStage api={api} stage={stage} onDone={onChanged} onClose={close} />
      )}
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
          cli={command('apigateway', 'delete-stage', {
            'rest-api-id': api,
            'stage-name': stage.stageName,
          })}
          run={() => stageDelete(api, stage.stageName)}
          onDone={onChanged}
          onClose={close}
        />
      )}
    </SpaceBetween>
  );
}

const limit = (value: number | undefined, unit: string): string =>
  value === undefined || value < 0 ? 'Account limit' : `${value.toLocaleString('en-GB')}${unit}`;

function Logging({ api, stage, edit }: { api: string; stage: Stage; edit: () => void }) {
  const settings = settingsOf(stage);
  const level = settings?.loggingLevel ?? 'OFF';
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
                  {levelName(level)}
                </PageLink>
              ),
          },
          { label: 'Data tracing', value: settings?.dataTraceEnabled ? 'Active' : 'Inactive' },
          { label: 'Detailed metrics', value: settings?.metricsEnabled ? 'Active' : 'Inactive' },
          { label: 'X-Ray tracing', value: 'Inactive: there is no X-Ray' },
          {
            label: 'Custom access logging',
            value: stage.accessLogSettings?.destinationArn ? 'Active' : 'Inactive',
          },
        ]}
      />
    </Container>
  );
}

function Variables({ api, stage, edit }: { api: string; stage: Stage; edit: () => void }) {
  const rows = Object.entries(stage.variables ?? {}).map(([name, value]) => ({ name, value }));
  return (
    <ResourceTable
      title="Stage variables"
      noun="stage variable"
      level="h2"
      data={{ value: rows, error: undefined, isLoading: false, reload: () => {} }}
      id={(row) => row.name}
      cli={(row) =>
        command('apigateway', 'get-stage', {
          'rest-api-id': api,
          'stage-name': stage.stageName,
          query: `variables.${row.name}`,
        })
      }
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
      cli={(one) =>
        command('apigateway', 'get-deployment', { 'rest-api-id': api, 'deployment-id': one.id })
      }
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
