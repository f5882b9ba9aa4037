import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar';
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react';
import { AwsError } from '../api/client';

const SUCCESS_MS = 8_000;

interface Flash {
  success: (text: string) => void;
  failure: (error: unknown, doing?: string) => void;
}

const FlashContext = createContext<Flash>({ success: () => {}, failure: () => {} });
const ItemsContext = createContext<ReadonlyArray<FlashbarProps.MessageDefinition>>([]);

export const useFlash = (): Flash => useContext(FlashContext);

/** Messages above the page: what was done, and what AWS's API answered where it was not. */
export function FlashProvider({ children }: { children: ReactNode }) {
  const [items, setItems] = useState<FlashbarProps.MessageDefinition[]>([]);
  const add = useCallback((item: FlashbarProps.MessageDefinition) => {
    const id = String(performance.now());
    const onDismiss = () => setItems((all) => all.filter((one) => one.id !== id));
    const whole = { ...item, id, dismissible: true, dismissLabel: 'Dismiss', onDismiss };
    // What went well need not be answered, and hides the page: the last one is enough. What failed
    // stays until it was read.
    setItems((all) => [whole, ...all.filter((one) => one.type !== 'success')].slice(0, 3));
    if (item.type === 'success') setTimeout(onDismiss, SUCCESS_MS);
  }, []);
  const flash = useMemo<Flash>(
    () => ({
      success: (text) => add({ type: 'success', content: text }),
      failure: (error, doing) =>
        add({ type: 'error', header: doing ?? 'The request failed', content: describe(error) }),
    }),
    [add],
  );
  return (
    <FlashContext value={flash}>
      <ItemsContext value={items}>{children}</ItemsContext>
    </FlashContext>
  );
}

export function Flashes() {
  return <Flashbar items={useContext(ItemsContext)} />;
}

/** AWS's own words, its code and the request's id. */
export function describe(error: unknown): string {
  if (error instanceof AwsError) {
    const id = error.requestId ? ` Request ID: ${error.requestId}` : '';
    return `${error.code}: ${error.message}${id}`;
  }
  return error instanceof Error ? error.message : String(error);
}
