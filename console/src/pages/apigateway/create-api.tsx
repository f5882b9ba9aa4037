import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FileInput from '@cloudscape-design/components/file-input';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import Tiles from '@cloudscape-design/components/tiles';
import { useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { apiCreate, apiImport, apiList, type RestApi } from '../../api/apigateway';
import { command } from '../../api/cli';
import { here } from '../../api/place';
import { useData } from '../../data/useData';
import { describe, useFlash } from '../../shell/flash';
import { AsCli } from '../../ui/as-cli';

type From = 'new' | 'clone' | 'import' | 'example';

const ENDPOINTS = [
  { value: 'REGIONAL', label: 'Regional' },
  { value: 'EDGE', label: 'Edge-optimized' },
  { value: 'PRIVATE', label: 'Private' },
];

interface Draft {
  from: From;
  name: string;
  description: string;
  endpoint: string;
  address: string;
  clone: string;
  document: string;
  warnings: string;
}

async function example(): Promise<string> {
  const response = await fetch(`/console/example/petstore.json?region=${here().region}`);
  return response.text();
}

function create(draft: Draft, petstore: string): Promise<RestApi> {
  if (draft.from === 'import' || draft.from === 'example') {
    const document = draft.from === 'import' ? draft.document : petstore;
    return apiImport(document, draft.from === 'import' && draft.warnings === 'fail', draft.endpoint);
  }
  return apiCreate({
    name: draft.name,
    ...(draft.description ? { description: draft.description } : {}),
    ...(draft.from === 'clone' ? { cloneFrom: draft.clone } : {}),
    endpointConfiguration: { types: [draft.endpoint], ipAddressType: draft.address },
  });
}

function cli(draft: Draft): string {
  if (draft.from === 'import') {
    return command('apigateway', 'import-rest-api', {
      body: 'file://openapi.json',
      parameters: `endpointConfigurationTypes=${draft.endpoint}`,
      'fail-on-warnings': draft.warnings === 'fail',
    });
  }
  if (draft.from === 'example') {
    const body = 'crossway example petstore > petstore.json\n';
    return `${body}${command('apigateway', 'import-rest-api', { body: 'file://petstore.json' })}`;
  }
  return command('apigateway', 'create-rest-api', {
    name: draft.name || 'NAME',
    description: draft.description,
    'clone-from': draft.from === 'clone' ? draft.clone : undefined,
    'endpoint-configuration': `types=${draft.endpoint}`,
  });
}

/** `Create REST API`: new, cloned, imported or from the example. */
export default function CreateApi() {
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const flash = useFlash();
  const petstore = useData('petstore', example);
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const [draft, setDraft] = useState<Draft>({
    from: (search.get('from') ?? 'new') as From,
    name: '',
    description: '',
    endpoint: 'REGIONAL',
    address: 'ipv4',
    clone: '',
    document: '',
    warnings: 'ignore',
  });
  const change = (part: Partial<Draft>) => setDraft((old) => ({ ...old, ...part }));
  const isReady = {
    new: draft.name !== '',
    clone: draft.name !== '' && draft.clone !== '',
    import: draft.document.trim() !== '',
    example: petstore.value !== undefined,
  }[draft.from];
  const submit = () => {
    setBusy(true);
    setError(undefined);
    create(draft, petstore.value ?? '').then(
      (api) => {
        flash.success(`Successfully created REST API '${api.name} (${api.id})'.`);
        void navigate(`/apigateway/apis/${api.id}/resources`);
      },
      (problem: unknown) => {
        setError(problem);
        setBusy(false);
      },
    );
  };
  return (
    <Form
      header={<Header variant="h1">Create REST API</Header>}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="link" onClick={() => void navigate('/apigateway')}>
            Cancel
          </Button>
          <Button variant="primary" loading={isBusy} disabled={!isReady} onClick={submit}>
            Create API
          </Button>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="l">
        {error !== undefined && <Alert type="error">{describe(error)}</Alert>}
        <Container header={<Header variant="h2">API details</Header>}>
          <SpaceBetween size="l">
            <From draft={draft} change={change} />
            <Details draft={draft} change={change} petstore={petstore.value} />
            <Settings draft={draft} change={change} />
          </SpaceBetween>
        </Container>
        <AsCli text={cli(draft)} />
      </SpaceBetween>
    </Form>
  );
}

interface PartProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
}

function From({ draft, change }: PartProps) {
  return (
    <Tiles
      ariaLabel="API details"
      value={draft.from}
      columns={2}
      onChange={({ detail }) => change({ from: detail.value as From })}
      items={[
        { value: 'new', label: 'New API', description: 'Create a new REST API.' },
        {
          value: 'clone',
          label: 'Clone existing API',
          description: 'Create a copy of an API in this account.',
        },
        {
          value: 'import',
          label: 'Import API',
          description: 'Import an API from a Swagger 2.0 or OpenAPI 3 definition.',
        },
        {
          value: 'example',
          label: 'Example API',
          description: 'Learn about API Gateway with an example: PetStore.',
        },
      ]}
    />
  );
}

function Details({ draft, change, petstore }: PartProps & { petstore: string | undefined }) {
  if (draft.from === 'example') {
    return (
      <FormField stretch label="OpenAPI definition" description="Read only.">
        <Textarea className="mono" rows={16} readOnly value={petstore ?? 'Loading …'} />
      </FormField>
    );
  }
  if (draft.from === 'import') return <Import draft={draft} change={change} />;
  return (
    <SpaceBetween size="l">
      {draft.from === 'clone' && <Clone draft={draft} change={change} />}
      <FormField label="API name">
        <Input value={draft.name} onChange={({ detail }) => change({ name: detail.value })} />
      </FormField>
      <FormField label="Description – optional">
        <Textarea
          rows={2}
          value={draft.description}
          onChange={({ detail }) => change({ description: detail.value })}
        />
      </FormField>
    </SpaceBetween>
  );
}

function Clone({ draft, change }: PartProps) {
  const apis = useData('apis', apiList);
  const options = (apis.value ?? []).map((api) => ({
    value: api.id,
    label: api.name,
    description: api.id,
  }));
  return (
    <FormField label="API to clone from">
      <Select
        placeholder="Choose an API"
        options={options}
        statusType={apis.isLoading ? 'loading' : 'finished'}
        selectedOption={options.find((one) => one.value === draft.clone) ?? null}
        onChange={({ detail }) => change({ clone: detail.selectedOption.value ?? '' })}
      />
    </FormField>
  );
}

function Import({ draft, change }: PartProps) {
  return (
    <SpaceBetween size="l">
      <FormField
        stretch
        label="API definition"
        description="Swagger 2.0 or OpenAPI 3, JSON or YAML: paste it, or choose a file."
      >
        <SpaceBetween size="xs">
          <FileInput
            value={[]}
            accept=".json,.yaml,.yml"
            onChange={({ detail }) => {
              void detail.value[0]?.text().then((document) => change({ document }));
            }}
          >
            Choose file
          </FileInput>
          <Textarea
            className="mono"
            rows={16}
            spellcheck={false}
            ariaLabel="API definition"
            value={draft.document}
            onChange={({ detail }) => change({ document: detail.value })}
          />
        </SpaceBetween>
      </FormField>
      <FormField label="Warnings">
        <RadioGroup
          value={draft.warnings}
          onChange={({ detail }) => change({ warnings: detail.value })}
          items={[
            { value: 'ignore', label: 'Ignore warnings' },
            { value: 'fail', label: 'Fail on warnings' },
          ]}
        />
      </FormField>
    </SpaceBetween>
  );
}

function Settings({ draft, change }: PartProps) {
  return (
    <SpaceBetween size="l">
      <FormField label="API endpoint type">
        <Select
          options={ENDPOINTS}
          selectedOption={ENDPOINTS.find((one) => one.value === draft.endpoint) ?? null}
          onChange={({ detail }) => change({ endpoint: detail.selectedOption.value ?? 'REGIONAL' })}
        />
      </FormField>
      {(draft.from === 'new' || draft.from === 'clone') && (
        <FormField label="IP address type">
          <RadioGroup
            value={draft.address}
            onChange={({ detail }) => change({ address: detail.value })}
            items={[
              { value: 'ipv4', label: 'IPv4' },
              { value: 'dualstack', label: 'Dualstack' },
            ]}
          />
        </FormField>
      )}
    </SpaceBetween>
  );
}
