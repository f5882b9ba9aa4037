import { lazy, Suspense } from 'react';
import type { DialogProps } from './dialog-view';

// Most pages are left without opening one.
const DialogView = lazy(() => import('./dialog-view'));

/** A form in a dialog. An error stays in it, next to what was typed. */
export function Dialog(props: DialogProps) {
  return (
    <Suspense fallback={null}>
      <DialogView {...props} />
    </Suspense>
  );
}
