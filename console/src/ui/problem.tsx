import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { AwsError } from '../api/client';
import { describe } from '../shell/flash';

const NOT_IMPLEMENTED = 501;

/** Why something could not be shown, in AWS's words or the server's, and what to do next. */
export function Problem({ error, retry }: { error: Error; retry?: (() => void) | undefined }) {
  if (error instanceof AwsError && error.status === NOT_IMPLEMENTED) {
    return (
      <Alert type="info" header="Not available on this server">
        {error.message}
      </Alert>
    );
  }
  const action = retry ? <Button onClick={retry}>Retry</Button> : undefined;
  return (
    <Alert type="error" header="This could not be loaded" action={action}>
      {describe(error)}
      {advice(error)}
    </Alert>
  );
}

/** What the reader can do about it; nothing where trying again is all. */
function advice(error: Error): string {
  if (/AccessDenied/.test(error.name)) {
    return ' A policy of this user or role has to allow it: ask who administers the account, or switch role.';
  }
  if (/NotFound|NoSuchEntity/.test(error.name)) {
    return ' It may have been deleted, or be in another account or Region.';
  }
  return '';
}
