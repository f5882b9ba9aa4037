import { lazy, Suspense } from 'react';
import type { DeleteDialogProps } from './delete-dialog-view';

const DeleteDialogView = lazy(() => import('./delete-dialog-view'));

/** Asks before something is gone. */
export function DeleteDialog(props: DeleteDialogProps) {
  return (
    <Suspense fallback={null}>
      <DeleteDialogView {...props} />
    </Suspense>
  );
}
