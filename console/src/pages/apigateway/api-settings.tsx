import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Spinner from '@cloudscape-design/components/spinner';
import { useState } from 'react';
import { useParams } from 'react-router';
import { apiGet, apiUpdate, type RestApi } from '../../api/apigateway';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { Dialog } from '../../ui/dialog';
import { Problem } from '../../ui/problem';
import { when } from '../../ui/time';
import { endpointName } from './apis';

/** `API settings`. */
export default function ApiSettings() {
  const { api = '' } = useParams();
  const found = useData(`api/${api}`, () => apiGet(api));
  const [isEditing, setEditing] = useState(false);
  if (found.error) return <Problem error={found.error} retry={found.reload} />;
  const value = found.value;
  if (!value) return <Spinner size="large" />;
  return (
    <Container
      header={
        <Header variant="h1" actions={<Button onClick={() => setEditing(true)}>Edit</Button>}>
          API details
        </Header>
      }
    >
      <KeyValuePairs
        columns={3}
        items={[
          { label: 'API name', value: value.name },
          { label: 'Description', value: value.description ?? '–' },
          { label: 'API ID', value: value.id },
          {
            label: 'API endpoint type',
            value: endpointName(value.endpointConfiguration?.types?.[0]),
          },
          { label: 'API key source', value: value.apiKeySource ?? 'HEADER' },
          {
            label: 'Default endpoint',
            value: value.disableExecuteApiEndpoint ? 'Inactive' : 'Active',
          },
          { label: 'Binary media types', value: value.binaryMediaTypes?.join(', ') || 'None' },
          { label: 'Created', value: when(value.createdDate) },
        ]}
      />
      {isEditing && (
        <Edit api={value} onDone={found.reload} onClose={() => setEditing(false)} />
      )}
    </Container>
  );
}

function Edit(props: { api: RestApi; onDone: () => void; onClose: () => void }) {
  const { api, onDone, onClose } = props;
  const flash = useFlash();
  const [name, setName] = useState(api.name);
  const [description, setDescription] = useState(api.description ?? '');
  const run = async () => {
    await apiUpdate(api.id, [
      { op: 'replace', path: '/name', value: name },
      { op: 'replace', path: '/description', value: description },
    ]);
    flash.success('Saved the API’s details.');
  };
  return (
    <Dialog title="Edit API details" verb="Save changes" run={run} onDone={onDone} onClose={onClose}>
      <FormField label="API name">
        <Input value={name} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <FormField label="Description">
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
    </Dialog>
  );
}
