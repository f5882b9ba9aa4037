import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Alert from '@cloudscape-design/components/alert';
import { useState, type ReactNode } from 'react';
import { describe } from '../shell/flash';
import { AsCli } from './as-cli';

export interface DialogProps {
  title: string;
  /** The word on the button that does it. */
  verb: string;
  run: () => Promise<unknown>;
  onDone?: () => void;
  onClose: () => void;
  isReady?: boolean;
  /** Shows what came of it instead of closing. */
  staysOpen?: boolean;
  size?: 'medium' | 'large' | 'x-large';
  /** The AWS CLI command that does the same. */
  cli?: string | undefined;
  children: ReactNode;
}

/** A form in a dialog. An error stays in it, next to what was typed. */
export default function DialogView(props: DialogProps) {
  const { title, verb, run, onDone, onClose, isReady = true, size = 'medium', children } = props;
  const { staysOpen = false, cli } = props;
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const submit = () => {
    setBusy(true);
    setError(undefined);
    run().then(
      () => {
        onDone?.();
        if (staysOpen) setBusy(false);
        else onClose();
      },
      (problem: unknown) => {
        setError(problem);
        setBusy(false);
      },
    );
  };
  return (
    <Modal
      visible
      size={size}
      onDismiss={onClose}
      closeAriaLabel="Close"
      header={title}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" loading={isBusy} disabled={!isReady} onClick={submit}>
              {verb}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="l">
        {children}
        {cli && <AsCli text={cli} />}
        {error !== undefined && <Alert type="error">{describe(error)}</Alert>}
      </SpaceBetween>
    </Modal>
  );
}
