import SideNavigation, {
  type SideNavigationProps,
} from '@cloudscape-design/components/side-navigation';
import { useHref, useLocation, useNavigate } from 'react-router';

type Items = ReadonlyArray<readonly [text: string, to: string]>;

export const SERVICES: Items = [
  ['Home', '/'],
  ['API Gateway', '/apigateway'],
  ['Lambda', '/lambda'],
  ['CloudWatch Logs', '/logs'],
  ['IAM', '/iam/roles'],
];

export const WITHIN: Record<string, Items> = {
  apigateway: [
    ['APIs', '/apigateway'],
    ['Custom domain names', '/apigateway/domain-names'],
    ['VPC links', '/apigateway/vpc-links'],
    ['Usage plans', '/apigateway/usage-plans'],
    ['API keys', '/apigateway/api-keys'],
    ['Client certificates', '/apigateway/client-certificates'],
    ['Settings', '/apigateway/account'],
  ],
  lambda: [
    ['Functions', '/lambda'],
    ['Event source mappings', '/lambda/event-source-mappings'],
    ['Layers', '/lambda/layers'],
  ],
  logs: [
    ['Log groups', '/logs'],
    ['Live tail', '/logs/live-tail'],
    ['Logs Insights', '/logs/insights'],
  ],
  iam: [
    ['User groups', '/iam/groups'],
    ['Users', '/iam/users'],
    ['Roles', '/iam/roles'],
    ['Policies', '/iam/policies'],
    ['Account', '/iam/account'],
  ],
};

export const API_PAGES: Items = [
  ['Resources', 'resources'],
  ['Stages', 'stages'],
  ['Authorizers', 'authorizers'],
  ['Gateway responses', 'gateway-responses'],
  ['Models', 'models'],
  ['Resource policy', 'resource-policy'],
  ['Documentation', 'documentation'],
  ['API settings', 'settings'],
];

/** Links for where the reader is: the pages of an API inside an API, else those of the service. */
export function Navigation({ api }: { api: { id: string; name: string } | undefined }) {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const root = useHref('/').replace(/\/$/, '');
  const service = pathname.split('/')[1] ?? '';
  const links = (items: Items): SideNavigationProps.Item[] =>
    items.map(([text, to]) => ({ type: 'link', text, href: root + to }));
  const items: SideNavigationProps.Item[] = links(SERVICES);
  if (api) {
    const pages = API_PAGES.map(([text, page]) => [text, `/apigateway/apis/${api.id}/${page}`] as const);
    items.push({ type: 'divider' }, { type: 'section', text: `API: ${api.name}`, items: links(pages) });
  }
  const within = WITHIN[service];
  if (within && !api) items.push({ type: 'divider' }, ...links(within));
  // The longest link that leads here or to what this page belongs to.
  const active = [...SERVICES, ...(within ?? [])]
    .map(([, to]) => to)
    .filter((to) => (to === '/' ? pathname === '/' : pathname.startsWith(to)))
    .sort((one, other) => other.length - one.length)[0];
  return (
    <SideNavigation
      activeHref={root + (api ? pathname.replace('create-method', 'resources') : (active ?? '/'))}
      items={items}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(event.detail.href.slice(root.length) || '/');
      }}
    />
  );
}
