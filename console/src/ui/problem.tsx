import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { describe } from '../shell/flash';

/** Why something could not be shown. */
export function Problem({ error, retry }: { error: Error; retry?: (() => void) | undefined }) {
  const action = retry ? <Button onClick={retry}>Retry</Button> : undefined;
  return (
    <Alert type="error" header="This could not be loaded" action={action}>
      {describe(error)}
    </Alert>
  );
}
