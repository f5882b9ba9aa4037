import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tiles from '@cloudscape-design/components/tiles';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { randomText } from '../../api/arn';
import { command } from '../../api/cli';
import * as iam from '../../api/iam';
import { functionCreate } from '../../api/lambda';
import { useData } from '../../data/useData';
import { describe, useFlash } from '../../shell/flash';
import { AsCli } from '../../ui/as-cli';
import { packed } from './package';
import { NEW_RUNTIMES, RUNTIMES, startOf } from './runtimes';

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'lambda.amazonaws.com' },
      Action: 'sts:AssumeRole',
    },
  ],
});
const BASIC = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';

interface Draft {
  name: string;
  runtime: string;
  architecture: string;
  isNewRole: boolean;
  role: string;
}

async function create(draft: Draft, newRole: string): Promise<void> {
  let role = draft.role;
  if (draft.isNewRole) {
    role = (await iam.roleCreate(newRole, TRUST, '/service-role/')).Arn;
    await iam.attach('Role', newRole, BASIC);
  }
  const start = startOf(draft.runtime);
  await functionCreate({
    FunctionName: draft.name,
    Runtime: draft.runtime,
    Role: role,
    Handler: start.handler,
    Architectures: [draft.architecture],
    Code: { ZipFile: packed({ [start.file]: start.code }) },
  });
}

/** `Create function`, author from scratch. */
export default function CreateFunction() {
  const navigate = useNavigate();
  const flash = useFlash();
  const [draft, setDraft] = useState<Draft>({
    name: '',
    runtime: 'nodejs22.x',
    architecture: 'x86_64',
    isNewRole: true,
    role: '',
  });
  const [suffix] = useState(() => randomText(8));
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const change = (part: Partial<Draft>) => setDraft((old) => ({ ...old, ...part }));
  const newRole = `${draft.name || 'myFunction'}-role-${suffix}`;
  const isReady = /^[A-Za-z0-9_-]{1,64}$/.test(draft.name) && (draft.isNewRole || draft.role !== '');
  const submit = () => {
    setBusy(true);
    setError(undefined);
    create(draft, newRole).then(
      () => {
        flash.success(`Successfully created the function ${draft.name}.`);
        void navigate(`/lambda/functions/${draft.name}`);
      },
      (problem: unknown) => {
        setError(problem);
        setBusy(false);
      },
    );
  };
  return (
    <Form
      header={<Header variant="h1">Create function</Header>}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="link" onClick={() => void navigate('/lambda')}>
            Cancel
          </Button>
          <Button variant="primary" loading={isBusy} disabled={!isReady} onClick={submit}>
            Create function
          </Button>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="l">
        {error !== undefined && <Alert type="error">{describe(error)}</Alert>}
        <Origin />
        <Basics draft={draft} change={change} newRole={newRole} />
        <AsCli text={cli(draft, newRole)} />
      </SpaceBetween>
    </Form>
  );
}

function Origin() {
  return (
    <Tiles
      value="scratch"
      columns={3}
      ariaLabel="How to begin"
      items={[
        {
          value: 'scratch',
          label: 'Author from scratch',
          description: 'Start with a simple Hello World example.',
        },
        {
          value: 'blueprint',
          label: 'Use a blueprint',
          description: 'Not offered here.',
          disabled: true,
        },
        {
          value: 'image',
          label: 'Container image',
          description: 'Not implemented by this server.',
          disabled: true,
        },
      ]}
    />
  );
}

interface BasicsProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  newRole: string;
}

function Basics({ draft, change, newRole }: BasicsProps) {
  return (
    <Container header={<Header variant="h2">Basic information</Header>}>
      <SpaceBetween size="l">
        <FormField
          label="Function name"
          description="Letters, numbers, hyphens and underscores; up to 64."
        >
          <Input
            value={draft.name}
            placeholder="myFunctionName"
            onChange={({ detail }) => change({ name: detail.value.trim() })}
          />
        </FormField>
        <FormField
          label="Runtime"
          description="A version that this host lacks runs, in the developer profile, on the nearest that it has."
        >
          <Select
            options={NEW_RUNTIMES}
            selectedOption={RUNTIMES.find((one) => one.value === draft.runtime) ?? null}
            onChange={({ detail }) => change({ runtime: detail.selectedOption.value ?? '' })}
          />
        </FormField>
        <FormField label="Architecture">
          <RadioGroup
            value={draft.architecture}
            onChange={({ detail }) => change({ architecture: detail.value })}
            items={[
              { value: 'x86_64', label: 'x86_64' },
              { value: 'arm64', label: 'arm64' },
            ]}
          />
        </FormField>
        <ExpandableSection
          headerText="Change default execution role"
          headerDescription="Permissions: choose or create an execution role."
        >
          <Role draft={draft} change={change} newRole={newRole} />
        </ExpandableSection>
      </SpaceBetween>
    </Container>
  );
}

function Role({ draft, change, newRole }: BasicsProps) {
  return (
    <SpaceBetween size="m">
      <FormField label="Execution role">
        <RadioGroup
          value={draft.isNewRole ? 'new' : 'existing'}
          onChange={({ detail }) => change({ isNewRole: detail.value === 'new' })}
          items={[
            {
              value: 'new',
              label: 'Create a new role with basic Lambda permissions',
              description: `Lambda will create a role named ${newRole}, with permission to write logs.`,
            },
            { value: 'existing', label: 'Use an existing role' },
          ]}
        />
      </FormField>
      {!draft.isNewRole && <ExistingRole draft={draft} change={change} />}
    </SpaceBetween>
  );
}

function ExistingRole({ draft, change }: Omit<BasicsProps, 'newRole'>) {
  const roles = useData('roles', iam.roleList);
  const options = (roles.value ?? []).map((one) => ({ value: one.Arn, label: one.RoleName }));
  return (
    <FormField label="Existing role">
      <Select
        placeholder="Choose a role"
        options={options}
        empty="No roles"
        statusType={roles.isLoading ? 'loading' : 'finished'}
        selectedOption={options.find((one) => one.value === draft.role) ?? null}
        onChange={({ detail }) => change({ role: detail.selectedOption.value ?? '' })}
      />
    </FormField>
  );
}

function cli(draft: Draft, newRole: string): string {
  const start = startOf(draft.runtime);
  const role = command('iam', 'create-role', {
    'role-name': newRole,
    path: '/service-role/',
    'assume-role-policy-document': TRUST,
  });
  const attach = command('iam', 'attach-role-policy', {
    'role-name': newRole,
    'policy-arn': BASIC,
  });
  const make = command('lambda', 'create-function', {
    'function-name': draft.name || 'NAME',
    runtime: draft.runtime,
    handler: start.handler,
    role: draft.isNewRole ? 'ROLE_ARN' : draft.role,
    'zip-file': 'fileb://function.zip',
  });
  return draft.isNewRole ? [role, attach, make].join('\n') : make;
}
