import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import { AwsError } from '../../api/client';
import { command } from '../../api/cli';
import { permissionAdd } from '../../api/lambda';
import { PUBLIC_URL, urlDelete, urlGet, urlPut, type FunctionUrl } from '../../api/lambda-settings';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { Copyable } from '../../ui/copy';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { Problem } from '../../ui/problem';
import { when } from '../../ui/time';

/** `Function URL`: an address of the function's own. */
export function FunctionUrlPage({ name }: { name: string }) {
  const data = useData(`url/${name}`, async () => ({ url: await urlGet(name) }));
  const [dialog, setDialog] = useState('');
  const url = data.value?.url;
  if (data.error) return <Problem error={data.error} retry={data.reload} />;
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button disabled={!url} onClick={() => setDialog('delete')}>
                Delete
              </Button>
              <Button disabled={data.isLoading} onClick={() => setDialog('edit')}>
                {url ? 'Edit' : 'Create function URL'}
              </Button>
            </SpaceBetween>
          }
        >
          Function URL
        </Header>
      }
    >
      {url ? (
        <KeyValuePairs
          columns={2}
          items={[
            {
              label: 'Function URL',
              value: <Copyable text={url.FunctionUrl} label="function URL" />,
            },
            { label: 'Auth type', value: url.AuthType },
            { label: 'Allowed origins (CORS)', value: url.Cors?.AllowOrigins?.join(', ') ?? '–' },
            { label: 'Creation time', value: when(url.CreationTime) },
          ]}
        />
      ) : (
        <Box textAlign="center" color="text-body-secondary">
          No function URL. With one, the function answers HTTP requests without an API.
        </Box>
      )}
      {dialog === 'edit' && (
        <EditUrl name={name} url={url} onDone={data.reload} onClose={() => setDialog('')} />
      )}
      {dialog === 'delete' && (
        <DeleteDialog
          what="the function URL"
          word="delete"
          cli={command('lambda', 'delete-function-url-config', { 'function-name': name })}
          run={() => urlDelete(name)}
          onDone={data.reload}
          onClose={() => setDialog('')}
        />
      )}
    </Container>
  );
}

interface EditUrlProps {
  name: string;
  url: FunctionUrl | undefined;
  onDone: () => void;
  onClose: () => void;
}

function EditUrl({ name, url, onDone, onClose }: EditUrlProps) {
  const flash = useFlash();
  const [auth, setAuth] = useState(url?.AuthType ?? 'AWS_IAM');
  const [hasCors, setCors] = useState(Boolean(url?.Cors));
  const [origins, setOrigins] = useState(url?.Cors?.AllowOrigins?.join(', ') ?? '*');
  const list = origins.split(',').map((one) => one.trim()).filter(Boolean);
  const run = async () => {
    const cors = hasCors ? { Cors: { ...url?.Cors, AllowOrigins: list } } : { Cors: {} };
    await urlPut(!url, name, { AuthType: auth, ...cors });
    if (auth === 'NONE') await openToAll(name);
    flash.success(`Saved the function URL of ${name}.`);
  };
  return (
    <Dialog
      title={url ? 'Edit function URL' : 'Create function URL'}
      verb="Save"
      run={run}
      onDone={onDone}
      onClose={onClose}
      cli={command('lambda', `${url ? 'update' : 'create'}-function-url-config`, {
        'function-name': name,
        'auth-type': auth,
        cors: hasCors ? JSON.stringify({ AllowOrigins: list }) : undefined,
      })}
    >
      <FormField label="Auth type">
        <RadioGroup
          value={auth}
          onChange={({ detail }) => setAuth(detail.value)}
          items={[
            {
              value: 'AWS_IAM',
              label: 'AWS_IAM',
              description: 'Only signed requests of those who may invoke the function.',
            },
            { value: 'NONE', label: 'NONE', description: 'Everybody who reaches the server.' },
          ]}
        />
      </FormField>
      {auth === 'NONE' && (
        <Alert type="warning">
          Saving adds two statements to the function’s policy that let everybody call the URL.
        </Alert>
      )}
      <Toggle checked={hasCors} onChange={({ detail }) => setCors(detail.checked)}>
        Configure cross-origin resource sharing (CORS)
      </Toggle>
      {hasCors && (
        <FormField label="Allow origin" description="Separated by commas.">
          <Input value={origins} onChange={({ detail }) => setOrigins(detail.value)} />
        </FormField>
      )}
    </Dialog>
  );
}

async function openToAll(name: string): Promise<void> {
  for (const permission of PUBLIC_URL) {
    try {
      await permissionAdd(name, permission);
    } catch (error) {
      // The statement is there already.
      if (!(error instanceof AwsError && error.code === 'ResourceConflictException')) throw error;
    }
  }
}
