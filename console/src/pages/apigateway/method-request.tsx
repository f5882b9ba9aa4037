import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import { methodUpdate, type Patch } from '../../api/apigateway';
import { useFlash } from '../../shell/flash';
import { Dialog } from '../../ui/dialog';
import { ResourceTable } from '../../ui/resource-table';
import type { MethodPart } from './method-part';
import { authorizationName } from './resource-view';

/** The first box: who may call, and which parameters the method names. */
export function MethodRequest(part: MethodPart) {
  const { method } = part;
  const [isEditing, setEditing] = useState(false);
  const parameters = Object.entries(method.requestParameters ?? {});
  const kind = (prefix: string) =>
    parameters
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, required]) => ({ name: name.slice(prefix.length), required }));
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header variant="h3" actions={<Button onClick={() => setEditing(true)}>Edit</Button>}>
            Method request settings
          </Header>
        }
      >
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'Authorization', value: authorizationName(method.authorizationType) },
            { label: 'API key required', value: method.apiKeyRequired ? 'True' : 'False' },
            { label: 'SDK operation name', value: method.operationName ?? 'Generated' },
          ]}
        />
      </Container>
      <Parameters title="Request paths" rows={kind('method.request.path.')} />
      <Parameters
        title="URL query string parameters"
        rows={kind('method.request.querystring.')}
      />
      <Parameters title="HTTP request headers" rows={kind('method.request.header.')} />
      {isEditing && <EditMethodRequest {...part} onClose={() => setEditing(false)} />}
    </SpaceBetween>
  );
}

function Parameters({ title, rows }: { title: string; rows: { name: string; required: boolean }[] }) {
  if (rows.length === 0) return null;
  return (
    <ResourceTable
      title={title}
      noun="parameter"
      level="h2"
      data={{ value: rows, error: undefined, isLoading: false, reload: () => {} }}
      id={(row) => row.name}
      columns={[
        { id: 'name', header: 'Name', cell: (row) => row.name, isRowHeader: true },
        { id: 'required', header: 'Required', cell: (row) => (row.required ? 'True' : 'False') },
      ]}
    />
  );
}

const AUTHORIZATIONS = [
  { value: 'NONE', label: 'None' },
  { value: 'AWS_IAM', label: 'AWS IAM' },
];

function EditMethodRequest(props: MethodPart & { onClose: () => void }) {
  const { api, resource, method, onChanged, onClose } = props;
  const flash = useFlash();
  const [authorization, setAuthorization] = useState(method.authorizationType);
  const [needsKey, setNeedsKey] = useState(method.apiKeyRequired);
  const [name, setName] = useState(method.operationName ?? '');
  const run = async () => {
    const patches: Patch[] = [
      { op: 'replace', path: '/authorizationType', value: authorization },
      { op: 'replace', path: '/apiKeyRequired', value: String(needsKey) },
    ];
    if (name !== (method.operationName ?? '')) {
      patches.push({ op: 'replace', path: '/operationName', value: name });
    }
    await methodUpdate(api, resource.id, method.httpMethod, patches);
    flash.success('Saved the method request. Deploy the API to make it live.');
  };
  return (
    <Dialog
      title="Edit method request"
      verb="Save"
      run={run}
      onDone={onChanged}
      onClose={onClose}
    >
      <FormField label="Authorization">
        <Select
          options={AUTHORIZATIONS}
          selectedOption={
            AUTHORIZATIONS.find((one) => one.value === authorization) ?? {
              value: authorization,
              label: authorizationName(authorization),
            }
          }
          onChange={({ detail }) => setAuthorization(detail.selectedOption.value ?? 'NONE')}
        />
      </FormField>
      <Toggle checked={needsKey} onChange={({ detail }) => setNeedsKey(detail.checked)}>
        API key required
      </Toggle>
      <FormField label="Operation name – optional">
        <Input value={name} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
    </Dialog>
  );
}
