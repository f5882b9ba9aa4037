import Spinner from '@cloudscape-design/components/spinner';
import { createElement, type ComponentType } from 'react';
import { lazily, type Later } from './ui/lazily';

type Module = () => Promise<{ default: ComponentType }>;

/** Every page: its path below the session, and where its code is. */
const PAGES: ReadonlyArray<readonly [path: string, load: Module]> = [
  ['/', () => import('./pages/home/home')],
  ['/apigateway', () => import('./pages/apigateway/apis')],
  ['/apigateway/create', () => import('./pages/apigateway/create-api')],
  ['/apigateway/api-keys', () => import('./pages/apigateway/api-keys')],
  ['/apigateway/usage-plans', () => import('./pages/apigateway/usage-plans')],
  ['/apigateway/usage-plans/:plan', () => import('./pages/apigateway/usage-plan')],
  ['/apigateway/vpc-links', () => import('./pages/apigateway/vpc-links')],
  ['/apigateway/client-certificates', () => import('./pages/apigateway/client-certificates')],
  ['/apigateway/domain-names', () => import('./pages/not-here')],
  ['/apigateway/account', () => import('./pages/apigateway/account-settings')],
  ['/apigateway/apis/:api/resources', () => import('./pages/apigateway/resources')],
  ['/apigateway/apis/:api/create-method', () => import('./pages/apigateway/create-method')],
  ['/apigateway/apis/:api/stages', () => import('./pages/apigateway/stages')],
  ['/apigateway/apis/:api/authorizers', () => import('./pages/apigateway/authorizers')],
  ['/apigateway/apis/:api/models', () => import('./pages/apigateway/models')],
  ['/apigateway/apis/:api/gateway-responses', () => import('./pages/apigateway/gateway-responses')],
  ['/apigateway/apis/:api/resource-policy', () => import('./pages/apigateway/resource-policy')],
  ['/apigateway/apis/:api/documentation', () => import('./pages/apigateway/documentation')],
  ['/apigateway/apis/:api/settings', () => import('./pages/apigateway/api-settings')],
  ['/lambda', () => import('./pages/lambda/functions')],
  ['/lambda/create', () => import('./pages/lambda/create-function')],
  ['/lambda/layers', () => import('./pages/lambda/layers')],
  ['/lambda/event-source-mappings', () => import('./pages/not-here')],
  ['/lambda/functions/:name', () => import('./pages/lambda/function')],
  ['/logs', () => import('./pages/logs/groups')],
  ['/logs/live-tail', () => import('./pages/logs/live-tail')],
  ['/logs/insights', () => import('./pages/not-here')],
  ['/logs/groups/:group', () => import('./pages/logs/group')],
  ['/iam', () => import('./pages/iam/roles')],
  ['/iam/groups', () => import('./pages/iam/groups')],
  ['/iam/groups/:name', () => import('./pages/iam/group')],
  ['/iam/users', () => import('./pages/iam/users')],
  ['/iam/users/:name', () => import('./pages/iam/user')],
  ['/iam/roles', () => import('./pages/iam/roles')],
  ['/iam/roles/:name', () => import('./pages/iam/role')],
  ['/iam/policies', () => import('./pages/iam/policies')],
  ['/iam/policies/:arn', () => import('./pages/iam/policy')],
  ['/iam/account', () => import('./pages/iam/account')],
  ['/switch-role', () => import('./pages/iam/switch-role')],
];

/** Every page, by its path below the session. */
export const ROUTES: ReadonlyArray<readonly [path: string, page: Later<object>]> = PAGES.map(
  ([path, load]) => [
    path,
    lazily(async () => (await load()).default, createElement(Spinner, { size: 'large' })),
  ],
);

/** Begins to fetch the page of an address, so that it comes along with the shell, not after it. */
export function preload(pathname: string): void {
  const path = pathname.replace(/^\/console\/s\/\d+/, '').replace(/\/$/, '') || '/';
  const found = ROUTES.find(([pattern]) =>
    new RegExp(`^${pattern.replaceAll(/:[a-z]+/g, '[^/]+')}$`).test(path),
  );
  found?.[1].begin();
}
