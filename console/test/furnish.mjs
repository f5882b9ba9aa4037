// An account with something on every page, made through the page's own session.
import { strToU8, zipSync } from 'fflate';
import { url } from './browser.mjs';

/** Text that would run if a page took it for markup. */
export const HOSTILE = '<img src=hostile onerror="window.isHacked=1"><script>window.isHacked=1</script>';

/** An IAM call as the page's session makes it. */
const iam = (page, input) =>
  page.evaluate(async (form) => {
    const root = location.pathname.split('/').slice(0, 4).join('/');
    const headers = { 'x-crossway-console': '1', 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(`${root}/api/iam/us-east-1/`, { method: 'POST', headers, body: form });
    if (!response.ok) throw new Error(await response.text());
  }, new URLSearchParams({ Version: '2010-05-08', ...input }).toString());

/** An AWS API call as the page's session makes it. */
const call = (page, service, method, path, body) =>
  page.evaluate(
    async ([service, method, path, body]) => {
      const root = location.pathname.split('/').slice(0, 4).join('/');
      const response = await fetch(`${root}/api/${service}/us-east-1${path}`, {
        method,
        headers: { 'x-crossway-console': '1', 'content-type': 'application/json' },
        ...(body ? { body } : {}),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
      return text.startsWith('<') ? text : JSON.parse(text || '{}');
    },
    [service, method, path, body],
  );

/** Everything that there is a page for, with hostile texts wherever one may be written. */
export async function furnish(page) {
  const document = JSON.parse(
    await (await page.request.get(`${url}/console/example/petstore.json`)).text(),
  );
  document.info.description = HOSTILE;
  const api = await call(page, 'apigateway', 'POST', '/restapis?mode=import', JSON.stringify(document));
  const at = `/restapis/${api.id}`;
  const json = JSON.stringify;
  const { item } = await call(page, 'apigateway', 'GET', `${at}/resources`);
  const root = item.find((one) => one.path === '/');
  const pets = item.find((one) => one.path === '/pets');
  await iam(page, { Action: 'CreateRole', RoleName: 'pages', Description: HOSTILE, AssumeRolePolicyDocument: TRUST });
  await iam(page, { Action: 'CreateGroup', GroupName: 'pages' });
  await iam(page, { Action: 'AddUserToGroup', GroupName: 'pages', UserName: 'admin' });
  const code = zipSync({ 'index.mjs': strToU8(`export const handler = async () => { console.log('${HOSTILE}'); return {}; };`) });
  const layer = zipSync({ 'library.txt': strToU8(HOSTILE) });
  const published = await call(page, 'lambda', 'POST', '/2018-10-31/layers/pages/versions', json({
    Description: HOSTILE, LicenseInfo: HOSTILE, CompatibleRuntimes: ['nodejs20.x'],
    Content: { ZipFile: Buffer.from(layer).toString('base64') },
  }));
  const made = await call(page, 'lambda', 'POST', '/2015-03-31/functions', json({
    FunctionName: 'pages', Runtime: 'nodejs20.x', Handler: 'index.handler', Description: HOSTILE,
    Role: 'arn:aws:iam::111111111111:role/pages', Code: { ZipFile: Buffer.from(code).toString('base64') },
    Environment: { Variables: { HOSTILE } }, Layers: [published.LayerVersionArn], Tags: { hostile: 'yes' },
  }));
  const uri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${made.FunctionArn}/invocations`;
  await call(page, 'apigateway', 'POST', `${at}/authorizers`, json({
    name: HOSTILE.slice(0, 40), type: 'TOKEN', authorizerUri: uri, identitySource: 'method.request.header.Authorization',
  }));
  await call(page, 'apigateway', 'POST', `${at}/models`, json({
    name: 'Hostile', contentType: 'application/json', description: HOSTILE, schema: '{"type":"object"}',
  }));
  await call(page, 'apigateway', 'PUT', `${at}/gatewayresponses/DEFAULT_4XX`, json({
    responseTemplates: { 'application/json': HOSTILE },
  }));
  await call(page, 'apigateway', 'POST', `${at}/documentation/parts`, json({
    location: { type: 'METHOD', path: '/pets', method: 'GET' }, properties: json({ description: HOSTILE }),
  }));
  await call(page, 'apigateway', 'POST', `${at}/documentation/versions`, json({
    documentationVersion: '1', description: HOSTILE,
  }));
  await call(page, 'apigateway', 'POST', `${at}/deployments`, json({ stageName: 'test', description: HOSTILE }));
  const key = await call(page, 'apigateway', 'POST', '/apikeys', json({ name: HOSTILE, enabled: true }));
  const plan = await call(page, 'apigateway', 'POST', '/usageplans', json({
    name: HOSTILE, quota: { limit: 10, period: 'DAY' }, apiStages: [{ apiId: api.id, stage: 'test' }],
  }));
  await call(page, 'apigateway', 'POST', `/usageplans/${plan.id}/keys`, json({ keyId: key.id, keyType: 'API_KEY' }));
  await call(page, 'apigateway', 'POST', '/clientcertificates', json({ description: HOSTILE }));
  const balancer = 'arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/net/pages/0123456789abcdef';
  await call(page, 'apigateway', 'POST', '/vpclinks', json({ name: HOSTILE, targetArns: [balancer] }));
  await page.waitForFunction(async () => {
    const root = location.pathname.split('/').slice(0, 4).join('/');
    const headers = { 'x-crossway-console': '1' };
    const found = await fetch(`${root}/api/lambda/us-east-1/2015-03-31/functions/pages`, { headers });
    return (await found.json()).Configuration.State === 'Active';
  });
  await call(page, 'lambda', 'POST', '/2015-03-31/functions/pages/invocations', '{}');
  // One method is edited and not deployed.
  await call(page, 'apigateway', 'PATCH', `${at}/resources/${pets.id}/methods/GET`, json({
    patchOperations: [{ op: 'replace', path: '/authorizationType', value: 'AWS_IAM' }],
  }));
  return { api: api.id, root: root.id, plan: plan.id };
}

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
