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
import { useFlash } from '../../shell/flash';
import { Dialog } from '../../ui/dialog';
import { fromPairs, PairsEditor, toPairs } from '../../ui/pairs-editor';
import { ResourceTable } from '../../ui/resource-table';
import { Permissions } from './permissions';

const PAGES = [
  ['general', 'General configuration'],
  ['permissions', 'Permissions'],
  ['environment', 'Environment variables'],
] as const;

interface ConfigurationProps {
  configuration: FunctionConfiguration;
  onChanged: () => void;
}

/** The tab `Configuration`, with a page for each part. */
export function Configuration(props: ConfigurationProps) {
  const [search, setSearch] = useSearchParams();
  const page = search.get('page') ?? 'general';
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
      {page === 'general' && <General {...props} />}
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
  const [handler, setHandler] = useState(configuration.Handler ?? '');
  const run = async () => {
    await configurationUpdate(configuration.FunctionName, {
      Description: description,
      MemorySize: Number(memory),
      Timeout: Number(timeout),
      Handler: handler,
    });
    flash.success(`Successfully updated the function ${configuration.FunctionName}.`);
  };
  return (
    <Dialog title="Edit basic settings" verb="Save" run={run} onDone={onChanged} onClose={onClose}>
      <FormField label="Description – optional">
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
      <FormField label="Memory (MB)" description="128 to 10240.">
        <Input type="number" value={memory} onChange={({ detail }) => setMemory(detail.value)} />
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
