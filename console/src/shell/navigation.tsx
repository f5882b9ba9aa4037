import SideNavigation, {
  type SideNavigationProps,
} from '@cloudscape-design/components/side-navigation';
import { useHref, useLocation, useNavigate } from 'react-router';

type Items = ReadonlyArray<readonly [text: string, to: string]>;

const SERVICES: Items = [
  ['Home', '/'],
  ['API Gateway', '/apigateway'],
  ['Lambda', '/lambda'],
  ['CloudWatch Logs', '/logs'],
  ['IAM', '/iam/roles'],
];

const WITHIN: Record<string, Items> = {
  iam: [
    ['Users', '/iam/users'],
    ['Roles', '/iam/roles'],
    ['Policies', '/iam/policies'],
  ],
};

const API_PAGES: Items = [
  ['Resources', 'resources'],
  ['Stages', 'stages'],
  ['Gateway responses', 'gateway-responses'],
  ['Models', 'models'],
  ['Resource policy', 'resource-policy'],
  ['API settings', 'settings'],
];

/** Links for where the reader is: the pages of an API inside an API, else those of the service. */
export function Navigation() {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const root = useHref('/').replace(/\/$/, '');
  const api = /^\/apigateway\/apis\/([^/]+)/.exec(pathname)?.[1];
  const service = pathname.split('/')[1] ?? '';
  const links = (items: Items): SideNavigationProps.Item[] =>
    items.map(([text, to]) => ({ type: 'link', text, href: root + to }));
  const items: SideNavigationProps.Item[] = links(SERVICES);
  if (api) {
    const pages = API_PAGES.map(([text, page]) => [text, `/apigateway/apis/${api}/${page}`] as const);
    items.push({ type: 'divider' }, { type: 'section', text: `API: ${api}`, items: links(pages) });
  }
  const within = WITHIN[service];
  if (within) items.push({ type: 'divider' }, ...links(within));
  const active = [...(within ?? []), ...SERVICES]
    .map(([, to]) => to)
    .find((to) => (to === '/' ? pathname === '/' : pathname.startsWith(to)));
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
