import { apiList } from '../api/apigateway';
import { roleList, userList } from '../api/iam';
import { functionList } from '../api/lambda';
import { groupList } from '../api/logs';
import { here } from '../api/place';
import { freeNumber, knownSessions } from '../data/sessions';

/** Something that the palette leads to or does. */
export interface Entry {
  text: string;
  /** What it belongs to. */
  hint: string;
  /** Other words for it: AWS's older console's, and people's. */
  words?: string;
  /** A page of this console. */
  to?: string;
  /** A page outside of this tab's session, in a tab of its own. */
  href?: string;
  /** Something else that the shell does. */
  action?: 'light' | 'dark' | 'browser' | 'sign-out' | 'tutorial';
}

/** Pages and actions that are there always. */
const ALWAYS: Entry[] = [
  { text: 'Home', hint: 'Console', words: 'dashboard overview start', to: '/' },
  { text: 'APIs', hint: 'API Gateway', words: 'rest list', to: '/apigateway' },
  { text: 'Create API', hint: 'API Gateway', words: 'new api build rest', to: '/apigateway/create' },
  {
    text: 'Create example API',
    hint: 'API Gateway',
    words: 'petstore tutorial example',
    to: '/apigateway/create?from=example',
  },
  {
    text: 'Import API',
    hint: 'API Gateway',
    words: 'import from swagger or open api 3 openapi yaml json',
    to: '/apigateway/create?from=import',
  },
  {
    text: 'Clone API',
    hint: 'API Gateway',
    words: 'clone from existing api copy',
    to: '/apigateway/create?from=clone',
  },
  {
    text: 'Usage plans',
    hint: 'API Gateway',
    words: 'throttling quota rate burst limits usage',
    to: '/apigateway/usage-plans',
  },
  {
    text: 'Client certificates',
    hint: 'API Gateway',
    words: 'pem mutual tls backend ssl certificate',
    to: '/apigateway/client-certificates',
  },
  { text: 'API keys', hint: 'API Gateway', words: 'x-api-key', to: '/apigateway/api-keys' },
  {
    text: 'VPC links',
    hint: 'API Gateway',
    words: 'network load balancer nlb private integration',
    to: '/apigateway/vpc-links',
  },
  {
    text: 'API Gateway settings',
    hint: 'API Gateway',
    words: 'cloudwatch log role arn account level throttling',
    to: '/apigateway/account',
  },
  { text: 'Functions', hint: 'Lambda', words: 'list', to: '/lambda' },
  {
    text: 'Create function',
    hint: 'Lambda',
    words: 'author from scratch new lambda get started now',
    to: '/lambda/create',
  },
  { text: 'Layers', hint: 'Lambda', words: 'create layer version opt libraries', to: '/lambda/layers' },
  { text: 'Log groups', hint: 'CloudWatch Logs', words: 'logs cloudwatch', to: '/logs' },
  {
    text: 'Live tail',
    hint: 'CloudWatch Logs',
    words: 'follow stream start tailing request id',
    to: '/logs/live-tail',
  },
  { text: 'User groups', hint: 'IAM', words: 'groups members team', to: '/iam/groups' },
  { text: 'Users', hint: 'IAM', words: 'add users password access keys login', to: '/iam/users' },
  { text: 'Roles', hint: 'IAM', words: 'execution role trust assume', to: '/iam/roles' },
  { text: 'Policies', hint: 'IAM', words: 'permissions managed json', to: '/iam/policies' },
  { text: 'Account', hint: 'IAM', words: 'alias id sign-in url sessions', to: '/iam/account' },
  { text: 'Switch role', hint: 'Account', words: 'assume role', to: '/switch-role' },
  { text: 'Tutorial', hint: 'Help', words: 'guide steps cross-account learn', action: 'tutorial' },
  { text: 'Light mode', hint: 'Visual mode', words: 'theme look white', action: 'light' },
  { text: 'Dark mode', hint: 'Visual mode', words: 'theme look night', action: 'dark' },
  { text: 'Browser default mode', hint: 'Visual mode', words: 'theme look', action: 'browser' },
  { text: 'Sign out', hint: 'Account', words: 'log out leave', action: 'sign-out' },
];

/** Pages of an API: the page's name in the address, and words for it. */
const OF_API: Array<[text: string, page: string, words: string]> = [
  [
    'Resources',
    'resources',
    'method execution integration request method request test create resource create method enable cors actions tree',
  ],
  ['Deploy API', 'resources?do=deploy', 'actions deployment publish new stage'],
  ['Stages', 'stages', 'stage editor stage variables logs/tracing export deployment history invoke url sdk canary throttling'],
  ['Authorizers', 'authorizers', 'create new authorizer lambda cognito jwt openid token test'],
  ['Gateway responses', 'gateway-responses', 'default 4xx default 5xx errors missing authentication token'],
  ['Models', 'models', 'schema json create model'],
  ['Resource policy', 'resource-policy', 'allowlist whitelist denylist blacklist'],
  ['Documentation', 'documentation', 'update documentation parts publish edit api documentation versions'],
  ['API settings', 'settings', 'settings binary media types api key source endpoint type content encoding'],
];

export function fixedEntries(api: string | undefined): Entry[] {
  const ofApi = OF_API.map(([text, page, words]): Entry => ({
    text,
    hint: `API ${api ?? ''}`,
    words,
    to: `/apigateway/apis/${api ?? ''}/${page}`,
  }));
  const { session } = here();
  const sessions = knownSessions()
    .filter((one) => one.number !== session)
    .map((one): Entry => ({
      text: `${one.arn.split('/').pop() ?? ''} @ ${one.label}`,
      hint: 'Open session in a new tab',
      words: `${one.account} account`,
      href: `/console/s/${one.number}/`,
    }));
  const add: Entry = {
    text: 'Add session',
    hint: 'Account',
    words: 'sign in second account multi-session',
    href: `/console/sign-in?session=${freeNumber()}`,
  };
  return [...(api ? ofApi : []), ...ALWAYS, ...sessions, add];
}

/** What the account has, as far as the user may list it. */
export async function resourceEntries(): Promise<Entry[]> {
  const lists = await Promise.allSettled([
    apiList().then((all) =>
      all.map(({ id, name }): Entry => ({
        text: name,
        hint: `API ${id}`,
        to: `/apigateway/apis/${id}/resources`,
      })),
    ),
    functionList().then((all) =>
      all.map(({ FunctionName: name }): Entry => ({
        text: name,
        hint: 'Function',
        to: `/lambda/functions/${name}`,
      })),
    ),
    groupList().then((all) =>
      all.map(({ logGroupName: name }): Entry => ({
        text: name,
        hint: 'Log group',
        to: `/logs/groups/${encodeURIComponent(name)}`,
      })),
    ),
    roleList().then((all) =>
      all.map(({ RoleName: name }): Entry => ({
        text: name,
        hint: 'Role',
        to: `/iam/roles/${encodeURIComponent(name)}`,
      })),
    ),
    userList().then((all) =>
      all.map(({ UserName: name }): Entry => ({
        text: name,
        hint: 'User',
        to: `/iam/users/${encodeURIComponent(name)}`,
      })),
    ),
  ]);
  return lists.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
}

/** Entries that have every word of what was typed, those that begin with it first. */
export function matching(entries: Entry[], typed: string): Entry[] {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = (entry: Entry): number => {
    const text = entry.text.toLowerCase();
    const whole = `${text} ${entry.hint} ${entry.words ?? ''}`.toLowerCase();
    if (!wanted.every((word) => whole.includes(word))) return 9;
    if (wanted.length === 0) return 0;
    const joined = wanted.join(' ');
    if (text.startsWith(joined)) return 0;
    if (text.includes(joined)) return 1;
    return wanted.every((word) => text.includes(word)) ? 2 : 3;
  };
  return entries
    .map((entry) => ({ entry, at: rank(entry) }))
    .filter(({ at }) => at < 9)
    .sort((one, other) => one.at - other.at)
    .map(({ entry }) => entry);
}
