import SpaceBetween from '@cloudscape-design/components/space-between';
import { PageLink } from '../../ui/page-link';
import { Events } from '../logs/events';

/** What the function wrote lately. */
export function Monitor({ name }: { name: string }) {
  const group = `/aws/lambda/${name}`;
  return (
    <SpaceBetween size="m">
      <PageLink to={`/logs/groups/${encodeURIComponent(group)}`}>View CloudWatch logs</PageLink>
      <Events group={group} />
    </SpaceBetween>
  );
}
