import { useCallback, useEffect, useState } from 'react';

export interface Data<T> {
  value: T | undefined;
  error: Error | undefined;
  isLoading: boolean;
  reload: () => void;
}

/** Loads data when `key` changes and on demand; an answer that comes too late is dropped. */
export function useData<T>(key: string, load: () => Promise<T>): Data<T> {
  const [state, setState] = useState<{ key: string; value?: T; error?: Error }>({ key: '' });
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    load().then(
      (value) => isCurrent && setState({ key, value }),
      (error: unknown) =>
        isCurrent &&
        setState({ key, error: error instanceof Error ? error : new Error(String(error)) }),
    );
    return () => {
      isCurrent = false;
    };
    // `load` is made anew by every rendering; `key` names what it loads.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, round]);
  const reload = useCallback(() => setRound((n) => n + 1), []);
  const isCurrent = state.key === key;
  return {
    value: isCurrent ? state.value : undefined,
    error: isCurrent ? state.error : undefined,
    isLoading: !isCurrent,
    reload,
  };
}
