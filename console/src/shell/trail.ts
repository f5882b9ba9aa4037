export interface Crumb {
  text: string;
  to: string;
}

const SERVICES: Record<string, string> = {
  apigateway: 'API Gateway',
  lambda: 'Lambda',
  logs: 'CloudWatch Logs',
  iam: 'IAM',
  'switch-role': 'Switch Role',
};

const PAGES: Record<string, string> = {
  create: 'Create',
  resources: 'Resources',
  'create-method': 'Create method',
  stages: 'Stages',
  authorizers: 'Authorizers',
  models: 'Models',
  'gateway-responses': 'Gateway responses',
  'resource-policy': 'Resource policy',
  documentation: 'Documentation',
  settings: 'API settings',
  'api-keys': 'API keys',
  'usage-plans': 'Usage plans',
  'vpc-links': 'VPC links',
  'client-certificates': 'Client certificates',
  'domain-names': 'Custom domain names',
  'event-source-mappings': 'Event source mappings',
  insights: 'Logs Insights',
  account: 'Account',
  'live-tail': 'Live tail',
  functions: 'Functions',
  layers: 'Layers',
  groups: 'Log groups',
  users: 'Users',
  roles: 'Roles',
  policies: 'Policies',
};

/** The breadcrumbs of a path. An API goes by its name where that is known. */
export function trail(path: string, apiName?: string): Crumb[] {
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  const [service, kind, name, page] = parts;
  if (!service) return [{ text: 'Home', to: '/' }];
  const crumbs: Crumb[] = [
    { text: 'Home', to: '/' },
    { text: SERVICES[service] ?? service, to: `/${service}` },
  ];
  if (kind === 'apis' && name) {
    crumbs.push({ text: apiName ?? name, to: `/apigateway/apis/${name}/resources` });
    if (page) crumbs.push({ text: PAGES[page] ?? page, to: path });
  } else if (kind) {
    // Functions and log groups are listed on their service's first page.
    // Pages of one name in two services are called what AWS's console calls it.
    const isSettings = service === 'apigateway' && kind === 'account';
    const isGroups = service === 'iam' && kind === 'groups';
    const text = isSettings ? 'Settings' : isGroups ? 'User groups' : (PAGES[kind] ?? kind);
    const isOwnPage = kind !== 'functions' && (kind !== 'groups' || isGroups);
    if (isOwnPage) crumbs.push({ text, to: `/${service}/${kind}` });
    // A policy's ARN ends with its name; a log group's name begins with a slash.
    const last = kind === 'policies' ? name?.split('/').pop() : name;
    if (name) crumbs.push({ text: last || name, to: path });
  }
  return crumbs;
}
