import type { DialogProps } from './dialog-view';
import { lazily } from './lazily';

// Most pages are left without opening one.
const DialogView = lazily(async () => (await import('./dialog-view')).default, null);

/** A form in a dialog. An error stays in it, next to what was typed. */
export function Dialog(props: DialogProps) {
  return (
    <DialogView {...props} />
  );
}
