import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { FunctionName } from '../../api/arn';
import { useIdentity } from '../../data/identity';
import { useData } from '../../data/useData';
import { describe } from '../../shell/flash';
import { CodeBlock } from '../../ui/code-block';
import { CopyButton } from '../../ui/copy';
import { Status } from '../../ui/status';
import { addPermission, addPermissionCommand, ownerPlace, verdict } from './permission';

interface AddPermissionProps {
  target: FunctionName;
  sourceArn: string;
  /** The statement id, made once so that the command does not change while it is read. */
  sid: string;
}

/** What lets the method call the function: said in words, as a command, and as a button for those
 * who are signed in to the function's account too. Nothing of another account changes unasked. */
export function AddPermission({ target, sourceArn, sid }: AddPermissionProps) {
  const who = useIdentity();
  if (target.account === who.account) {
    return (
      <SpaceBetween size="xs">
        <Box>You are about to give API Gateway permission to invoke your Lambda function:</Box>
        <Box variant="code">{target.arn}</Box>
      </SpaceBetween>
    );
  }
  return <ForeignFunction target={target} sourceArn={sourceArn} sid={sid} />;
}

function ForeignFunction({ target, sourceArn, sid }: AddPermissionProps) {
  const who = useIdentity();
  const [round, setRound] = useState(0);
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const command = addPermissionCommand(target, sourceArn, sid);
  const owner = ownerPlace(target, who.account);
  const run = () => {
    if (!owner) return;
    setBusy(true);
    setError(undefined);
    addPermission(target, sourceArn, sid, owner.place)
      .catch(setError)
      .finally(() => {
        setBusy(false);
        setRound((n) => n + 1);
      });
  };
  return (
    <SpaceBetween size="s">
      <Box>
        You have selected a Lambda function from another account. Please ensure that you have the
        appropriate Function Policy on this function. You can do this by running the following AWS
        CLI command from account <b>{target.account}</b>:
      </Box>
      <CodeBlock text={command} label="Add permission command" />
      <SpaceBetween direction="horizontal" size="xs">
        <CopyButton text={command} label="Copy command" />
        {owner?.session && (
          <Button onClick={run} loading={isBusy}>
            {`Run as account ${owner.session.label}`}
          </Button>
        )}
      </SpaceBetween>
      {error !== undefined && <Alert type="error">{describe(error)}</Alert>}
      <PermissionBadge key={round} target={target} sourceArn={sourceArn} />
    </SpaceBetween>
  );
}

/** Whether the permission is in place, and which statement gives it. */
export function PermissionBadge({ target, sourceArn }: Omit<AddPermissionProps, 'sid'>) {
  const who = useIdentity();
  const key = `${target.arn} ${sourceArn} ${who.account}`;
  const found = useData(key, () => verdict(target, sourceArn, who.account));
  const known = found.value;
  if (!known) return <Status type="loading" text="Reading the function's policy" />;
  if (known.kind === 'granted') {
    const where = known.stage ? `in stage ${known.stage} only, ` : '';
    return <Status type="success" text={`Permission in place: ${where}statement ${known.sid}`} />;
  }
  const isMissing = known.kind === 'missing';
  return (
    <Status
      type={isMissing ? 'warning' : 'info'}
      text={isMissing ? `Permission missing. ${known.reason}` : known.reason}
    />
  );
}
