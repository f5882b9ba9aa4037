// Every page, by name and address, of an account that furnish.mjs made.

/** Pages to start at; the first two are the first load. */
export function pagesOf({ api, root, plan }) {
  const at = `/apigateway/apis/${api}`;
  const lambda = '/lambda/functions/pages';
  return [
    ['home', '/'],
    ['apis', '/apigateway'],
    ['create-api', '/apigateway/create?from=new'],
    ['import-api', '/apigateway/create?from=import'],
    ['api-keys', '/apigateway/api-keys'],
    ['usage-plans', '/apigateway/usage-plans'],
    ...['stages', 'keys', 'usage'].map((tab) => [`usage-plan-${tab}`, `/apigateway/usage-plans/${plan}?tab=${tab}`]),
    ['vpc-links', '/apigateway/vpc-links'],
    ['client-certificates', '/apigateway/client-certificates'],
    ['domain-names', '/apigateway/domain-names'],
    ['account-settings', '/apigateway/account'],
    ['resources', `${at}/resources`],
    ...['method-request', 'integration-request', 'integration-response', 'method-response', 'test'].map(
      (tab) => [tab, `${at}/resources?resource=${root}&method=GET&tab=${tab}`],
    ),
    ['create-method', `${at}/create-method?resource=${root}`],
    ['stages', `${at}/stages?stage=test`],
    ['stage-method', `${at}/stages?stage=test&path=/pets&method=GET`],
    ['authorizers', `${at}/authorizers`],
    ['models', `${at}/models`],
    ['gateway-responses', `${at}/gateway-responses`],
    ['resource-policy', `${at}/resource-policy`],
    ['documentation', `${at}/documentation`],
    ['documentation-versions', `${at}/documentation?tab=versions`],
    ['settings', `${at}/settings`],
    ['functions', '/lambda'],
    ['create-function', '/lambda/create'],
    ['layers', '/lambda/layers'],
    ['event-source-mappings', '/lambda/event-source-mappings'],
    ...['code', 'test', 'monitor', 'aliases', 'versions'].map((tab) => [`function-${tab}`, `${lambda}?tab=${tab}`]),
    ...['general', 'triggers', 'permissions', 'destinations', 'vpc', 'url', 'environment', 'tags', 'monitoring', 'concurrency', 'async'].map(
      (page) => [`function-${page}`, `${lambda}?tab=configuration&page=${page}`],
    ),
    ['logs', '/logs'],
    ['logs-insights', '/logs/insights'],
    ['log-group', '/logs/groups/%2Faws%2Flambda%2Fpages'],
    ['live-tail', '/logs/live-tail?group=%2Faws%2Flambda%2Fpages'],
    ['groups', '/iam/groups'],
    ['group', '/iam/groups/pages'],
    ['group-permissions', '/iam/groups/pages?tab=permissions'],
    ['users', '/iam/users'],
    ['user', '/iam/users/admin'],
    ['user-groups', '/iam/users/admin?tab=groups'],
    ['user-credentials', '/iam/users/admin?tab=keys'],
    ['roles', '/iam/roles'],
    ['role', '/iam/roles/pages'],
    ['policies', '/iam/policies'],
    ['policy', `/iam/policies/${encodeURIComponent('arn:aws:iam::aws:policy/AdministratorAccess')}`],
    ['account', '/iam/account'],
    ['switch-role', '/switch-role'],
  ];
}
