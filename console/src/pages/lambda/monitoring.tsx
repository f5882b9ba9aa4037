import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { useState } from 'react';
import { command } from '../../api/cli';
import { configurationUpdate, type FunctionConfiguration } from '../../api/lambda';
import { useFlash } from '../../shell/flash';
import { Dialog } from '../../ui/dialog';
import { PageLink } from '../../ui/page-link';

interface MonitoringProps {
  configuration: FunctionConfiguration;
  onChanged: () => void;
}

/** `Monitoring and operations tools`: where the function's log lines go. */
export function Monitoring({ configuration, onChanged }: MonitoringProps) {
  const flash = useFlash();
  const name = configuration.FunctionName;
  const saved = configuration.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`;
  const [group, setGroup] = useState(saved);
  const [isEditing, setEditing] = useState(false);
  const run = async () => {
    await configurationUpdate(name, { LoggingConfig: { LogGroup: group } });
    flash.success(`Successfully updated the function ${name}.`);
  };
  return (
    <Container
      header={
        <Header variant="h2" actions={<Button onClick={() => setEditing(true)}>Edit</Button>}>
          Logging configuration
        </Header>
      }
    >
      <KeyValuePairs
        columns={2}
        items={[
          {
            label: 'CloudWatch log group',
            value: <PageLink to={`/logs/groups/${encodeURIComponent(saved)}`}>{saved}</PageLink>,
          },
          { label: 'Log format', value: configuration.LoggingConfig?.LogFormat ?? 'Text' },
        ]}
      />
      {isEditing && (
        <Dialog
          title="Edit logging configuration"
          verb="Save"
          isReady={group !== ''}
          run={run}
          onDone={onChanged}
          onClose={() => setEditing(false)}
          cli={command('lambda', 'update-function-configuration', {
            'function-name': name,
            'logging-config': `LogGroup=${group}`,
          })}
        >
          <FormField label="CloudWatch log group">
            <Input value={group} onChange={({ detail }) => setGroup(detail.value.trim())} />
          </FormField>
        </Dialog>
      )}
    </Container>
  );
}
