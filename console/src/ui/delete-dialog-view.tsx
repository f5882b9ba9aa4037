import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useFlash } from '../shell/flash';
import { AsCli } from './as-cli';

export interface DeleteDialogProps {
  what: string;
  /** The word to type; without one, choosing Delete is enough. */
  word?: string;
  /** The AWS CLI command that does the same. */
  cli?: string | undefined;
  run: () => Promise<unknown>;
  onDone: () => void;
  onClose: () => void;
}

/** Asks before something is gone. */
export default function DeleteDialogView({ what, word, cli, run, onDone, onClose }: DeleteDialogProps) {
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);
  const flash = useFlash();
  const remove = () => {
    setBusy(true);
    run()
      .then(
        () => {
          flash.success(`Deleted ${what}.`);
          onDone();
        },
        (error: unknown) => flash.failure(error, `Could not delete ${what}`),
      )
      .finally(onClose);
  };
  return (
    <Modal
      visible
      onDismiss={onClose}
      closeAriaLabel="Close"
      header={`Delete ${what}?`}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button
              variant="primary"
              loading={isBusy}
              disabled={word !== undefined && typed !== word}
              onClick={remove}
            >
              Delete
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Box>This cannot be undone.</Box>
        {word !== undefined && (
          <FormField label={`To confirm, enter ${word}`}>
            <Input value={typed} autoFocus onChange={({ detail }) => setTyped(detail.value)} />
          </FormField>
        )}
        {cli && <AsCli text={cli} />}
      </SpaceBetween>
    </Modal>
  );
}
