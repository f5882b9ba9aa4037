import Spinner from '@cloudscape-design/components/spinner';
import type { Data } from '../data/useData';
import { Problem } from './problem';

/** What stands where data is not there: that it is being loaded, or why it could not be. */
export function Opening({ data }: { data: Data<unknown> }) {
  if (data.error) return <Problem error={data.error} retry={data.reload} />;
  return <Spinner size="large" />;
}
