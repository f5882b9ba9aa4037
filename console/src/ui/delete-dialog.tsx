import type { DeleteDialogProps } from './delete-dialog-view';
import { lazily } from './lazily';

const DeleteDialogView = lazily(async () => (await import('./delete-dialog-view')).default, null);

/** Asks before something is gone. */
export function DeleteDialog(props: DeleteDialogProps) {
  return (
    <DeleteDialogView {...props} />
  );
}
