import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tiles from '@cloudscape-design/components/tiles';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { randomText } from '../../api/arn';
import { command } from '../../api/cli';
import * as iam from '../../api/iam';
import { runtimesHere } from '../../api/host';
import { functionCreate } from '../../api/lambda';
import { useData } from '../../data/useData';
import { describe, useFlash } from '../../shell/flash';
import { AsCli } from '../../ui/as-cli';
import { Basics, type Draft } from './function-basics';
import { packed } from './package';
import { firstChoice, handlerOf, needsPackage, startOf } from './runtimes';

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

async function create(draft: Draft, newRole: string): Promise<void> {
  let role = draft.role;
  if (draft.isNewRole) {
    role = (await iam.roleCreate(newRole, TRUST, '/service-role/')).Arn;
    await iam.attach('Role', newRole, BASIC);
  }
  const { file, code } = startOf(draft.runtime);
  await functionCreate({
    FunctionName: draft.name,
    Runtime: draft.runtime,
    Role: role,
    Handler: draft.handler || handlerOf(draft.runtime),
    Architectures: [draft.architecture],
    Code: { ZipFile: needsPackage(draft.runtime) ? draft.zip : packed({ [file]: code }) },
  });
}

/** `Create function`, author from scratch. */
export default function CreateFunction() {
  const navigate = useNavigate();
  const flash = useFlash();
  const [draft, setDraft] = useState<Draft>({
    name: '',
    runtime: '',
    handler: '',
    zip: '',
    architecture: 'x86_64',
    isNewRole: true,
    role: '',
  });
  const runtimes = useData('runtimes', runtimesHere);
  const runtime = draft.runtime || firstChoice(runtimes.value ?? []);
  const chosen = { ...draft, runtime };
  const [suffix] = useState(() => randomText(8));
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const change = (part: Partial<Draft>) => setDraft((old) => ({ ...old, ...part }));
  const newRole = `${draft.name || 'myFunction'}-role-${suffix}`;
  const isReady =
    /^[A-Za-z0-9_-]{1,64}$/.test(draft.name) &&
    runtime !== '' &&
    (!needsPackage(runtime) || draft.zip !== '') &&
    (draft.isNewRole || draft.role !== '');
  const submit = () => {
    setBusy(true);
    setError(undefined);
    create(chosen, newRole).then(
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
        <Basics draft={chosen} change={change} newRole={newRole} runtimes={runtimes} />
        <AsCli text={cli(chosen, newRole)} />
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

function cli(draft: Draft, newRole: string): string {
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
    handler: draft.handler || handlerOf(draft.runtime),
    role: draft.isNewRole ? 'ROLE_ARN' : draft.role,
    'zip-file': 'fileb://function.zip',
  });
  return draft.isNewRole ? [role, attach, make].join('\n') : make;
}
