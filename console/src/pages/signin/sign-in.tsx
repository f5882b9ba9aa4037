import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useState } from 'react';
import { colour, freeNumber, knownSessions, remember, signIn } from '../../data/sessions';
import { WithAccessKey } from './with-access-key';
import { WithPassword } from './with-password';

interface Choice {
  account: string;
  alias: string;
}

const search = new URLSearchParams(window.location.search);

/** A path of the wanted session, so that a link cannot lead out of the console. */
function destination(session: number): string {
  const next = search.get('next') ?? '';
  return next.startsWith(`/console/s/${session}/`) ? next : `/console/s/${session}/`;
}

/** Signs in, remembers the session's name and goes to it. */
async function open(input: Record<string, string>, alias?: string): Promise<void> {
  const wanted = Number(search.get('session') ?? NaN);
  const session = Number.isInteger(wanted) ? wanted : freeNumber();
  const found = await signIn({ ...input, session });
  remember({
    number: session,
    account: found.account,
    label: alias ?? found.account,
    arn: found.arn,
  });
  window.location.assign(destination(session));
}

export default function SignIn() {
  const [choices, setChoices] = useState<Choice[]>([]);
  const [error, setError] = useState('');
  useEffect(() => {
    document.title = 'Sign in · Crossway';
    fetch('/console/sign-in/choices')
      .then((response) => response.json())
      .then((found: { accounts: Choice[] }) => setChoices(found.accounts))
      .catch(() => setError('The server does not answer.'));
  }, []);
  const attempt = (input: Record<string, string>, alias?: string) => {
    setError('');
    return open(input, alias).catch((problem: unknown) => {
      setError(problem instanceof Error ? problem.message : String(problem));
      throw problem;
    });
  };
  return (
    <div className="sign-in">
      <main>
        <SpaceBetween size="l">
          <Box variant="h1">
            <img src="/console/icon.svg" alt="" /> Sign in to Crossway
          </Box>
          {error && <Alert type="error">{error}</Alert>}
          {choices.length > 0 && <ClickToSignIn choices={choices} attempt={attempt} />}
          <OpenSessions />
          <WithPassword attempt={attempt} />
          <WithAccessKey attempt={attempt} />
        </SpaceBetween>
      </main>
    </div>
  );
}

export interface AttemptProps {
  /** Signs in and leaves the page; what is refused is shown, and thrown again. */
  attempt: (input: Record<string, string>, alias?: string) => Promise<void>;
}

function ClickToSignIn({ choices, attempt }: AttemptProps & { choices: Choice[] }) {
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="This server runs in its developer profile: everybody on this machine may be its administrator."
        >
          Accounts
        </Header>
      }
    >
      <SpaceBetween size="s">
        {choices.map((one) => (
          <Button
            key={one.account}
            fullWidth
            variant={one === choices[0] ? 'primary' : 'normal'}
            onClick={() => void attempt({ account: one.account }, one.alias).catch(() => {})}
          >
            {`Sign in to ${one.alias} (${one.account})`}
          </Button>
        ))}
      </SpaceBetween>
    </Container>
  );
}

/** Sessions that are open in this browser already. */
function OpenSessions() {
  const sessions = knownSessions();
  if (sessions.length === 0 || search.has('session')) return null;
  return (
    <Container header={<Header variant="h2">Signed in already</Header>}>
      <SpaceBetween size="xs">
        {sessions.map((one) => (
          <Button
            key={one.number}
            variant="inline-link"
            href={`/console/s/${one.number}/`}
            ariaLabel={`Open session of ${one.label}`}
          >
            <span className={`account-dot account-${colour(one.account)}`} />
            {one.arn.split(':').pop()} @ {one.label}
          </Button>
        ))}
      </SpaceBetween>
    </Container>
  );
}
