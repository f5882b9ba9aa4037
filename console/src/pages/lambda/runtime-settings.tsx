import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { command } from '../../api/cli';
import { runtimesHere } from '../../api/host';
import { configurationUpdate, type FunctionConfiguration } from '../../api/lambda';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { Dialog } from '../../ui/dialog';
import { bytes } from '../../ui/time';
import { inOrder, runtimeName, runtimeOption } from './runtimes';

interface RuntimeSettingsProps {
  configuration: FunctionConfiguration;
  onChanged: () => void;
}

/** What runs the code, and where it begins. */
export function RuntimeSettings({ configuration, onChanged }: RuntimeSettingsProps) {
  const [isEditing, setEditing] = useState(false);
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Button ariaLabel="Edit runtime settings" onClick={() => setEditing(true)}>
              Edit
            </Button>
          }
        >
          Runtime settings
        </Header>
      }
    >
      <KeyValuePairs
        columns={4}
        items={[
          { label: 'Runtime', value: runtimeName(configuration.Runtime) },
          { label: 'Handler', value: configuration.Handler ?? '–' },
          { label: 'Architecture', value: configuration.Architectures?.join(', ') ?? 'x86_64' },
          { label: 'Package size', value: bytes(configuration.CodeSize) },
        ]}
      />
      {isEditing && (
        <Edit
          configuration={configuration}
          onChanged={onChanged}
          onClose={() => setEditing(false)}
        />
      )}
    </Container>
  );
}

function Edit(props: RuntimeSettingsProps & { onClose: () => void }) {
  const { configuration, onChanged, onClose } = props;
  const name = configuration.FunctionName;
  const flash = useFlash();
  const runtimes = useData('runtimes', runtimesHere);
  const [runtime, setRuntime] = useState(configuration.Runtime ?? '');
  const [handler, setHandler] = useState(configuration.Handler ?? '');
  const options = inOrder(runtimes.value ?? []).map(runtimeOption);
  const chosen = options.find((one) => one.value === runtime);
  const run = async () => {
    await configurationUpdate(name, { Runtime: runtime, Handler: handler });
    flash.success(`Successfully updated the function ${name}.`);
  };
  return (
    <Dialog
      title="Edit runtime settings"
      verb="Save"
      isReady={runtime !== '' && handler !== ''}
      run={run}
      onDone={onChanged}
      onClose={onClose}
      cli={command('lambda', 'update-function-configuration', {
        'function-name': name,
        runtime,
        handler,
      })}
    >
      <FormField label="Runtime" errorText={runtimes.error?.message}>
        <Select
          filteringType="auto"
          options={options}
          statusType={runtimes.isLoading ? 'loading' : 'finished'}
          selectedOption={chosen ?? { value: runtime, label: runtimeName(runtime) }}
          onChange={({ detail }) => setRuntime(detail.selectedOption.value ?? '')}
        />
      </FormField>
      <FormField label="Handler">
        <Input value={handler} onChange={({ detail }) => setHandler(detail.value.trim())} />
      </FormField>
    </Dialog>
  );
}
