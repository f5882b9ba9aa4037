import Spinner from '@cloudscape-design/components/spinner';
import { lazy, Suspense, type ComponentType } from 'react';

/** A component whose code is fetched when it is first shown: a tab, a form. */
export function lazily<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const Later = lazy(async () => ({ default: await load() })) as unknown as ComponentType<P>;
  return function Lazily(props: P) {
    return (
      <Suspense fallback={<Spinner />}>
        <Later {...props} />
      </Suspense>
    );
  };
}
