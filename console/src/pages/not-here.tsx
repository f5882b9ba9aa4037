import { useLocation } from 'react-router';
import { AwsError, json11, rest } from '../api/client';
import { useData } from '../data/useData';
import { Opening } from '../ui/opening';
import { Unavailable } from '../ui/unavailable';

interface Lack {
  title: string;
  /** The button that AWS's console has there. */
  verb: string;
  /** The operation that would list them. */
  list: () => Promise<unknown>;
}

/** Pages of AWS's console that this server has nothing behind, by their path. */
const LACKS: Record<string, Lack> = {
  '/apigateway/domain-names': {
    title: 'Custom domain names',
    verb: 'Add domain name',
    list: () => rest('apigateway', 'GET', '/domainnames'),
  },
  '/lambda/event-source-mappings': {
    title: 'Event source mappings',
    verb: 'Add trigger',
    list: () => rest('lambda', 'GET', '/2015-03-31/event-source-mappings/'),
  },
  '/logs/insights': {
    title: 'Logs Insights',
    verb: 'Run query',
    list: () => json11('Logs_20140328.DescribeQueries', {}),
  },
};

/** There to be found, and to say in the server's own words why there is nothing. */
export default function NotHere() {
  const { pathname } = useLocation();
  const lack = LACKS[pathname];
  const found = useData(`lack${pathname}`, async () => lack?.list());
  if (!lack) return null;
  const { error } = found;
  if (error instanceof AwsError && error.status === 501) {
    return <Unavailable level="h1" title={lack.title} verb={lack.verb} reason={error.message} />;
  }
  return <Opening data={found} />;
}
