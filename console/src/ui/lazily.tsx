import Spinner from '@cloudscape-design/components/spinner';
import { useEffect, useState, type ComponentType, type ReactNode } from 'react';

/** A component whose code comes when it is first shown, or when `begin` was called before. */
export type Later<P> = ComponentType<P> & { begin: () => void };

/**
 * A component whose code is fetched when it is first shown: a page, a tab, a form. What is here already
 * is shown at once. React's own `Suspense` holds each newcomer back for up to 300 ms after the last one,
 * which a page made of several pays several times.
 */
export function lazily<P extends object>(
  load: () => Promise<ComponentType<P>>,
  meanwhile: ReactNode = <Spinner />,
): Later<P> {
  let here: ComponentType<P> | undefined;
  let coming: Promise<ComponentType<P>> | undefined;
  const fetch = () => {
    coming ??= load().then(
      (component) => (here = component),
      (error: unknown) => {
        // The next one who asks tries again.
        coming = undefined;
        throw error;
      },
    );
    return coming;
  };
  function Lazily(props: P) {
    const [error, setError] = useState<unknown>();
    const [isHere, setHere] = useState(here !== undefined);
    useEffect(() => {
      // Not `here`: that may have come after what was shown.
      if (isHere) return;
      let isCurrent = true;
      fetch().then(
        () => isCurrent && setHere(true),
        (error: unknown) => isCurrent && setError(error),
      );
      return () => {
        isCurrent = false;
      };
    }, [isHere]);
    if (error !== undefined) throw error;
    const Here = here;
    return Here ? <Here {...props} /> : meanwhile;
  }
  // What fails here fails again, visibly, when it is shown.
  const begin = () => void fetch().catch(() => {});
  return Object.assign(Lazily, { begin });
}
