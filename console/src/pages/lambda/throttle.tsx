import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { command } from '../../api/cli';
import { concurrencyPut } from '../../api/lambda-settings';
import { useFlash } from '../../shell/flash';
import { Dialog } from '../../ui/dialog';
import { PageLink } from '../../ui/page-link';

interface ThrottleProps {
  name: string;
  /** The reserved concurrency; none while it is unreserved or not known. */
  reserved: number | undefined;
  onDone: () => void;
}

/** The button `Throttle`: a reserved concurrency of 0, so that every call is refused. */
export function Throttle({ name, reserved, onDone }: ThrottleProps) {
  const flash = useFlash();
  const [isAsking, setAsking] = useState(false);
  const run = async () => {
    await concurrencyPut(name, 0);
    flash.success(`Throttled the function ${name}.`);
  };
  return (
    <>
      <Button
        disabled={reserved === 0}
        disabledReason="It is throttled: its reserved concurrency is 0."
        onClick={() => setAsking(true)}
      >
        Throttle
      </Button>
      {isAsking && (
        <Dialog
          title={`Throttle ${name}?`}
          verb="Throttle"
          run={run}
          onDone={onDone}
          onClose={() => setAsking(false)}
          cli={command('lambda', 'put-function-concurrency', {
            'function-name': name,
            'reserved-concurrent-executions': '0',
          })}
        >
          <p>
            Sets the reserved concurrency to 0: every new call is refused with
            TooManyRequestsException, until the concurrency is edited under Configuration,
            Concurrency.
            {reserved !== undefined && ` The ${reserved} that it has reserved now are lost.`}
          </p>
        </Dialog>
      )}
    </>
  );
}

/** Says that a function is throttled, and where that is ended. */
export function Throttled({ name }: { name: string }) {
  const to = `/lambda/functions/${name}?tab=configuration&page=concurrency`;
  return (
    <Alert type="warning" header="This function is throttled">
      Its reserved concurrency is 0, so no call is let in.{' '}
      <PageLink to={to}>Edit its concurrency</PageLink>
    </Alert>
  );
}
