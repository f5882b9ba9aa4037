import Box from '@cloudscape-design/components/box';
import HelpPanel from '@cloudscape-design/components/help-panel';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useState, type ReactNode } from 'react';
import { useIdentity } from '../data/identity';
import { PageLink } from '../ui/page-link';
import { Status } from '../ui/status';
import { progress, type Progress } from './progress';

const LOOK_MS = 4_000;
const KEY = 'crossway-tutorial';

interface Step {
  title: string;
  text: ReactNode;
  isDone: (progress: Progress) => boolean;
}

const SIGN_IN: Step = {
  title: 'Sign in to both accounts',
  text: (
    <>
      One has the API, the other the function. In the account menu, choose <b>Add session</b>: the
      second account gets a tab of its own.
    </>
  ),
  isDone: (one) => one.hasTwoAccounts,
};

const FUNCTION: Step = {
  title: 'Create a function in the other account',
  text: (
    <>
      In the other account’s tab: <b>Lambda</b>, <b>Create function</b>, <b>Author from scratch</b>,
      a Node.js runtime. Choose <b>Deploy</b> after editing, and copy the function’s ARN.
    </>
  ),
  isDone: (one) => one.hasFunction,
};

const LAST: Step[] = [
  {
    title: 'Add the permission',
    text: (
      <>
        Run the command that is shown, as the function’s account: in a shell, or with{' '}
        <b>Run as account</b>. The integration’s <b>Permission</b> then names the statement.
      </>
    ),
    isDone: (one) => one.isPermitted,
  },
  {
    title: 'Deploy the API',
    text: (
      <>
        Choose <b>Deploy API</b>, a <b>*New stage*</b>, and a stage name such as <code>test</code>.
      </>
    ),
    isDone: (one) => one.isDeployed,
  },
  {
    title: 'Call it',
    text: (
      <>
        Open the stage’s <b>Invoke URL</b>. The function’s policy is on its tab{' '}
        <b>Configuration</b>, page <b>Permissions</b>.
      </>
    ),
    isDone: (one) => one.isCalled,
  },
];

const FLOWS: Record<string, Step[]> = {
  example: [
    SIGN_IN,
    {
      title: 'Create the example API',
      text: (
        <>
          <PageLink to="/apigateway/create?from=example">Create API</PageLink>, with{' '}
          <b>Example API</b> chosen.
        </>
      ),
      isDone: (one) => one.hasApi,
    },
    FUNCTION,
    {
      title: 'Let GET call the function',
      text: (
        <>
          In <b>Resources</b>, choose the top-level <b>GET</b>, then <b>Integration request</b>,{' '}
          <b>Edit</b>: <b>Lambda function</b>, <b>Lambda proxy integration</b>, and the function’s
          full ARN.
        </>
      ),
      isDone: (one) => one.isWired,
    },
    ...LAST,
  ],
  new: [
    SIGN_IN,
    FUNCTION,
    {
      title: 'Create an API with the resource /helloworld',
      text: (
        <>
          <PageLink to="/apigateway/create?from=new">Create API</PageLink> named{' '}
          <code>CrossAccountLambdaAPI</code>; then <b>Create resource</b>, <code>helloworld</code>.
        </>
      ),
      isDone: (one) => one.hasHelloWorld,
    },
    {
      title: 'Create its method GET',
      text: (
        <>
          <b>Create method</b>: type <b>GET</b>, <b>Lambda function</b>,{' '}
          <b>Lambda proxy integration</b>, and the function’s full ARN. The command appears as soon
          as the ARN is there.
        </>
      ),
      isDone: (one) => one.isWired,
    },
    ...LAST,
  ],
};

/** The cross-account tutorial beside the pages. Its steps tick themselves by what the accounts have. */
export default function Tutorial() {
  const who = useIdentity();
  const [flow, setFlow] = useState(localStorage.getItem(KEY) ?? 'example');
  const [state, setState] = useState<Progress>();
  useEffect(() => {
    if (!who.account) return;
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout>;
    const look = async () => {
      if (!document.hidden) {
        // What cannot be read is not done, as far as this page knows.
        const found = await progress(who.account).catch(() => undefined);
        if (isCurrent && found) setState(found);
      }
      if (isCurrent) timer = setTimeout(() => void look(), LOOK_MS);
    };
    void look();
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [who.account]);
  const steps = FLOWS[flow] ?? [];
  const done = steps.filter((step) => state && step.isDone(state)).length;
  return (
    <HelpPanel header={<h2>Tutorial: an API calls another account’s function</h2>}>
      <SpaceBetween size="m">
        <SegmentedControl
          label="Tutorial"
          selectedId={flow}
          onChange={({ detail }) => {
            localStorage.setItem(KEY, detail.selectedId);
            setFlow(detail.selectedId);
          }}
          options={[
            { id: 'example', text: 'With the example API' },
            { id: 'new', text: 'With a new API' },
          ]}
        />
        <ProgressBar
          value={(done / Math.max(steps.length, 1)) * 100}
          label={`${done} of ${steps.length} steps`}
        />
        <ol className="steps">
          {steps.map((step, at) => (
            <li key={step.title}>
              <Status
                type={state && step.isDone(state) ? 'success' : 'pending'}
                text={`${at + 1}. ${step.title}`}
              />
              <Box fontSize="body-s" color="text-body-secondary" margin={{ left: 'l' }}>
                {step.text}
              </Box>
            </li>
          ))}
        </ol>
      </SpaceBetween>
    </HelpPanel>
  );
}
