import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { configurationUpdate, type FunctionConfiguration } from '../../api/lambda';
import type { Concurrency as Reserved } from '../../api/lambda-settings';
import type { Data } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { command } from '../../api/cli';
import { Dialog } from '../../ui/dialog';
import { fromPairs, PairsEditor, toPairs } from '../../ui/pairs-editor';
import { ResourceTable } from '../../ui/resource-table';
import { Unavailable } from '../../ui/unavailable';
import { AsyncInvocation } from './async-invocation';
import { Concurrency } from './concurrency';
import { Destinations } from './destinations';
import { FunctionUrlPage } from './function-url';
import { Monitoring } from './monitoring';
import { Permissions } from './permissions';
import { ProvisionedConcurrency } from './provisioned';
import { runtimeName } from './runtimes';
import { Tags } from './tags';
import { Triggers } from './triggers';

const PAGES = [
  ['general', 'General configuration'],
  ['triggers', 'Triggers'],
  ['permissions', 'Permissions'],
  ['destinations', 'Destinations'],
  ['url', 'Function URL'],
  ['environment', 'Environment variables'],
  ['tags', 'Tags'],
  ['vpc', 'VPC'],
  ['monitoring', 'Monitoring and operations tools'],
  ['concurrency', 'Concurrency'],
  ['async', 'Asynchronous invocation'],
  ['signing', 'Code signing'],
  ['files', 'File systems'],
] as const;

interface ConfigurationProps {
  configuration: FunctionConfiguration;
  onChanged: () => void;
}

/** The tab `Configuration`, with a page for each part. */
export function Configuration(props: ConfigurationProps & { concurrency: Data<Reserved> }) {
  const [search, setSearch] = useSearchParams();
  const page = search.get('page') ?? 'general';
  const name = props.configuration.FunctionName;
  return (
    <div className="tree">
      <nav aria-label="Configuration">
        <ul>
          {PAGES.map(([id, text]) => (
            <li key={id}>
              <button
                type="button"
                aria-current={page === id}
                onClick={() => setSearch({ tab: 'configuration', page: id }, { replace: true })}
              >
                {text}
              </button>
            </li>
          ))}
        </ul>
      </nav>
      {page === 'permissions' && <Permissions configuration={props.configuration} />}
      {page === 'environment' && <Environment {...props} />}
      {page === 'triggers' && <Triggers name={name} />}
      {page === 'url' && <FunctionUrlPage name={name} />}
      {page === 'tags' && <Tags arn={props.configuration.FunctionArn} />}
      {page === 'monitoring' && <Monitoring {...props} />}
      {page === 'concurrency' && (
        <SpaceBetween size="l">
          <Concurrency name={name} own={props.concurrency} />
          <ProvisionedConcurrency name={name} />
        </SpaceBetween>
      )}
      {page === 'async' && <AsyncInvocation name={name} />}
      {page === 'general' && <General {...props} />}
      {page === 'destinations' && <Destinations name={name} />}
      {page === 'vpc' && <Unavailable title="VPC" verb="Edit" reason="there are no VPCs" />}
      {page === 'signing' && (
        <Unavailable title="Code signing" verb="Edit" reason="there is no code signing" />
      )}
      {page === 'files' && (
        <Unavailable title="File systems" verb="Add file system" reason="there are no EFS access points" />
      )}
    </div>
  );
}

function General({ configuration, onChanged }: ConfigurationProps) {
  const [isEditing, setEditing] = useState(false);
  return (
    <Container
      header={
        <Header variant="h2" actions={<Button onClick={() => setEditing(true)}>Edit</Button>}>
          General configuration
        </Header>
      }
    >
      <KeyValuePairs
        columns={3}
        items={[
          { label: 'Description', value: configuration.Description || '–' },
          { label: 'Memory', value: `${configuration.MemorySize} MB` },
          { label: 'Timeout', value: `${configuration.Timeout} s` },
          { label: 'Runtime', value: runtimeName(configuration.Runtime) },
          { label: 'Handler', value: configuration.Handler ?? '–' },
          {
            label: 'Ephemeral storage',
            value: `${configuration.EphemeralStorage?.Size ?? 512} MB`,
          },
        ]}
      />
      {isEditing && (
        <EditGeneral
          configuration={configuration}
          onChanged={onChanged}
          onClose={() => setEditing(false)}
        />
      )}
    </Container>
  );
}

function EditGeneral(props: ConfigurationProps & { onClose: () => void }) {
  const { configuration, onChanged, onClose } = props;
  const flash = useFlash();
  const [description, setDescription] = useState(configuration.Description ?? '');
  const [memory, setMemory] = useState(String(configuration.MemorySize));
  const [timeout, setTimeout] = useState(String(configuration.Timeout));
  const [storage, setStorage] = useState(String(configuration.EphemeralStorage?.Size ?? 512));
  const [handler, setHandler] = useState(configuration.Handler ?? '');
  const run = async () => {
    await configurationUpdate(configuration.FunctionName, {
      Description: description,
      MemorySize: Number(memory),
      Timeout: Number(timeout),
      EphemeralStorage: { Size: Number(storage) },
      Handler: handler,
    });
    flash.success(`Successfully updated the function ${configuration.FunctionName}.`);
  };
  return (
    <Dialog
      title="Edit basic settings"
      verb="Save"
      run={run}
      onDone={onChanged}
      onClose={onClose}
      cli={command('lambda', 'update-function-configuration', {
        'function-name': configuration.FunctionName,
        description,
        'memory-size': memory,
        timeout,
        'ephemeral-storage': JSON.stringify({ Size: Number(storage) }),
        handler,
      })}
    >
      <FormField label="Description – optional">
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
      <FormField label="Memory (MB)" description="128 to 10240.">
        <Input type="number" value={memory} onChange={({ detail }) => setMemory(detail.value)} />
      </FormField>
      <FormField label="Ephemeral storage (MB)" description="512 to 10240.">
        <Input type="number" value={storage} onChange={({ detail }) => setStorage(detail.value)} />
      </FormField>
      <FormField label="Timeout (seconds)" description="1 to 900.">
        <Input type="number" value={timeout} onChange={({ detail }) => setTimeout(detail.value)} />
      </FormField>
      <FormField label="Handler">
        <Input value={handler} onChange={({ detail }) => setHandler(detail.value)} />
      </FormField>
    </Dialog>
  );
}

function Environment({ configuration, onChanged }: ConfigurationProps) {
  const variables = configuration.Environment?.Variables;
  const [isEditing, setEditing] = useState(false);
  const [pairs, setPairs] = useState(() => toPairs(variables));
  const run = () =>
    configurationUpdate(configuration.FunctionName, {
      Environment: { Variables: fromPairs(pairs) },
    });
  return (
    <SpaceBetween size="l">
      <ResourceTable
        title="Environment variables"
        noun="environment variable"
        level="h2"
        data={{ value: toPairs(variables), error: undefined, isLoading: false, reload: onChanged }}
        id={(one) => one.name}
        cli={(one) =>
          command('lambda', 'get-function-configuration', {
            'function-name': configuration.FunctionName,
            query: `Environment.Variables.${one.name}`,
          })
        }
        actions={() => <Button onClick={() => setEditing(true)}>Edit</Button>}
        columns={[
          { id: 'key', header: 'Key', cell: (one) => one.name, isRowHeader: true },
          { id: 'value', header: 'Value', cell: (one) => one.value },
        ]}
      />
      {isEditing && (
        <Dialog
          title="Edit environment variables"
          verb="Save"
          cli={command('lambda', 'update-function-configuration', {
            'function-name': configuration.FunctionName,
            environment: JSON.stringify({ Variables: fromPairs(pairs) }),
          })}
          run={run}
          onDone={onChanged}
          onClose={() => setEditing(false)}
        >
          <PairsEditor
            pairs={pairs}
            onChange={setPairs}
            noun="environment variable"
            nameLabel="Key"
          />
        </Dialog>
      )}
    </SpaceBetween>
  );
}
