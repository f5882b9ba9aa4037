// Every page, light and dark: nothing for axe to find, no violation of the content security policy,
// no console error, no more bytes than the budget.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { strToU8, zipSync } from 'fflate';
import { check, open, shot, signIn, strangers, url } from './browser.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SHOTS = process.env.CROSSWAY_SHOTS;
/** A page to start at, and any other page without a warm cache; gzip, fonts included. */
const FIRST_BYTES_MAX = 475 * 1024;
const OTHER_BYTES_MAX = 550 * 1024;

/** Text that would run if a page took it for markup. */
const HOSTILE = '<img src=hostile onerror="window.isHacked=1"><script>window.isHacked=1</script>';

const { browser, context, problems, requests } = await open();
context.on('dialog', (dialog) => problems.push(`a dialog of the browser: ${dialog.message()}`));

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

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds on the page; its script comes from outside the page's policy. */
async function audit(page, name) {
  await page.evaluate(axe);
  const found = await page.evaluate(async (tags) => {
    const said = ({ violations }, look) =>
      violations.map((one) => `${look} ${one.id}: ${one.nodes[0]?.html.slice(0, 200)}`);
    const light = await window.axe.run(document, { runOnly: { type: 'tag', values: tags } });
    // Dark differs in its colours alone.
    document.body.classList.add('awsui-dark-mode');
    await new Promise((done) => setTimeout(done, 120));
    const dark = await window.axe.run(document, { runOnly: ['color-contrast'] });
    document.body.classList.remove('awsui-dark-mode');
    return [...said(light, 'light'), ...said(dark, 'dark')];
  }, TAGS);
  for (const one of found) problems.push(`axe on ${name}: ${one}`);
}

/** Everything that there is a page for, with hostile texts wherever one may be written. */
async function furnish(page) {
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
  const code = zipSync({ 'index.mjs': strToU8(`export const handler = async () => { console.log('${HOSTILE}'); return {}; };`) });
  const made = await call(page, 'lambda', 'POST', '/2015-03-31/functions', json({
    FunctionName: 'pages', Runtime: 'nodejs20.x', Handler: 'index.handler', Description: HOSTILE,
    Role: 'arn:aws:iam::111111111111:role/pages', Code: { ZipFile: Buffer.from(code).toString('base64') },
    Environment: { Variables: { HOSTILE } }, Tags: { hostile: 'yes' },
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
  await call(page, 'apigateway', 'POST', `${at}/deployments`, json({ stageName: 'test', description: HOSTILE }));
  const key = await call(page, 'apigateway', 'POST', '/apikeys', json({ name: HOSTILE, enabled: true }));
  const plan = await call(page, 'apigateway', 'POST', '/usageplans', json({
    name: HOSTILE, quota: { limit: 10, period: 'DAY' }, apiStages: [{ apiId: api.id, stage: 'test' }],
  }));
  await call(page, 'apigateway', 'POST', `/usageplans/${plan.id}/keys`, json({ keyId: key.id, keyType: 'API_KEY' }));
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

function pagesOf({ api, root, plan }) {
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
    ['settings', `${at}/settings`],
    ['functions', '/lambda'],
    ['create-function', '/lambda/create'],
    ...['code', 'test', 'monitor', 'aliases', 'versions'].map((tab) => [`function-${tab}`, `${lambda}?tab=${tab}`]),
    ...['general', 'triggers', 'permissions', 'url', 'environment', 'tags', 'monitoring', 'concurrency', 'async'].map(
      (page) => [`function-${page}`, `${lambda}?tab=configuration&page=${page}`],
    ),
    ['logs', '/logs'],
    ['log-group', '/logs/groups/%2Faws%2Flambda%2Fpages'],
    ['live-tail', '/logs/live-tail?group=%2Faws%2Flambda%2Fpages'],
    ['users', '/iam/users'],
    ['user', '/iam/users/admin'],
    ['user-credentials', '/iam/users/admin?tab=keys'],
    ['roles', '/iam/roles'],
    ['role', '/iam/roles/pages'],
    ['policies', '/iam/policies'],
    ['policy', `/iam/policies/${encodeURIComponent('arn:aws:iam::aws:policy/AdministratorAccess')}`],
    ['account', '/iam/account'],
    ['switch-role', '/switch-role'],
  ];
}

/** Dialogs are looked at once: they are made of the same parts as pages. */
async function dialogs(page, go, { api }) {
  const at = `/apigateway/apis/${api}`;
  const opened = [
    ['create-authorizer', `${at}/authorizers`, 'Create authorizer'],
    ['create-resource', `${at}/resources`, 'Create resource'],
    ['create-stage', `${at}/stages`, 'Create stage'],
    ['edit-stage', `${at}/stages?stage=test`, 'Edit'],
    ['create-model', `${at}/models`, 'Create model'],
    ['edit-settings', `${at}/settings`, 'Edit'],
    ['create-plan', '/apigateway/usage-plans', 'Create usage plan'],
    ['create-key', '/apigateway/api-keys', 'Create API key'],
    ['create-url', '/lambda/functions/pages?tab=configuration&page=url', 'Create function URL'],
    ['create-user', '/iam/users', 'Create user'],
    ['create-role', '/iam/roles', 'Create role'],
    ['create-policy', '/iam/policies', 'Create policy'],
  ];
  for (const [name, path, button] of opened) {
    await go(path);
    await page.getByRole('button', { name: button, exact: true }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.first().waitFor();
    await dialog.getByText('AWS CLI command').first().waitFor();
    await audit(page, `dialog ${name}`);
    await shot(page, `dialog-${name}`);
  }
}

/** The command palette by keyboard alone, by a word of AWS's older console. */
async function palette(page, go, { api }) {
  await go(`/apigateway/apis/${api}/resources`);
  await page.keyboard.press('Control+k');
  const box = page.getByRole('combobox', { name: 'Search pages, actions and resources' });
  await box.fill('stage editor');
  await page.getByRole('option', { name: /^Stages/ }).waitFor();
  await audit(page, 'palette');
  await shot(page, 'palette');
  await box.press('Enter');
  await page.waitForURL(/\/stages$/);
}

/** What is edited and not deployed is marked, and told before it is deployed. */
async function undeployed(page, go, { api }) {
  await go(`/apigateway/apis/${api}/resources`);
  await page.getByText('1 undeployed change').waitFor();
  await page.getByRole('button', { name: 'GET not deployed' }).waitFor();
  await page.getByRole('button', { name: 'Deploy API' }).click();
  await page.getByText('Changed: GET /pets').waitFor();
  await page.getByRole('rowheader', { name: 'Authorization' }).waitFor();
  await audit(page, 'deploy');
  await shot(page, 'deploy-diff');
}

/** A session that is gone leads to the sign-in and back to the page. */
async function sessionLost(page, go) {
  await context.clearCookies();
  await go('/iam/roles', 'Sign in to Crossway');
  await page.getByRole('button', { name: /^Sign in to api/ }).click();
  await page.getByRole('heading', { name: /^Roles/ }).waitFor();
}

/** First paint, and when the page has its data, in a browser that was never here. */
async function cold(path, text) {
  const fresh = await browser.newContext();
  const headers = { 'x-crossway-console': '1' };
  const data = { session: 0, account: '111111111111' };
  await fresh.request.post(`${url}/console/sign-in`, { headers, data });
  const first = await fresh.newPage();
  let bytes = 0;
  const network = await fresh.newCDPSession(first);
  await network.send('Network.enable');
  network.on('Network.loadingFinished', (one) => (bytes += one.encodedDataLength));
  const start = performance.now();
  await first.goto(`${url}/console/s/0${path}`);
  await first.getByText(text).first().waitFor();
  const took = Math.round(performance.now() - start);
  await first.waitForLoadState('networkidle');
  const paint = await first.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
  );
  console.log(`cold ${path}: ${Math.round(bytes / 1024)} KB, paint ${Math.round(paint)} ms, data ${took} ms`);
  await fresh.close();
  return bytes;
}

try {
  const page = await context.newPage();
  await page.goto(`${url}/console/sign-in`);
  await page.getByRole('button', { name: /^Sign in to api/ }).waitFor();
  await audit(page, 'sign-in');
  await shot(page, 'sign-in');
  await signIn(page, 'api');
  const things = await furnish(page);
  const pages = pagesOf(things);
  const session = new URL(page.url()).pathname.split('/').slice(0, 4).join('/');
  const going = (page) => async (path, heading) => {
    await page.goto(url + session + path);
    const wanted = heading ? page.getByRole('heading', { name: heading }) : page.locator('h1');
    await wanted.first().waitFor();
    await page.waitForLoadState('networkidle');
  };
  const go = going(page);
  const visit = async (page, [name, path]) => {
    await going(page)(path);
    await audit(page, name);
    await shot(page, `light-${name}`);
    const isHacked = await page.evaluate(
      () => 'isHacked' in window || document.querySelector('img[src="hostile"]') !== null,
    );
    if (isHacked) problems.push(`${name} takes text for markup`);
    await page.setViewportSize({ width: 1024, height: 900 });
    const isWide = await page.evaluate(
      () => document.documentElement.scrollWidth > window.innerWidth + 1,
    );
    if (isWide) problems.push(`${name} is wider than 1024 pixels`);
    if (SHOTS) {
      await page.evaluate(() => document.body.classList.add('awsui-dark-mode'));
      await shot(page, `dark-${name}`);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  };
  // Two tabs: one is looked at while the other loads.
  const rest = [...pages];
  const walk = async (page) => {
    for (let next = rest.shift(); next; next = rest.shift()) await visit(page, next);
  };
  await page.evaluate(() => localStorage.setItem('crossway-look', 'light'));
  await Promise.all([walk(page), context.newPage().then(walk)]);
  await dialogs(page, go, things);
  await palette(page, go, things);
  await undeployed(page, go, things);
  await sessionLost(page, go);
  for (const [path, text, most] of [
    ['/', 'PetStore', FIRST_BYTES_MAX],
    ['/apigateway', 'PetStore', FIRST_BYTES_MAX],
    [`/apigateway/apis/${things.api}/resources`, '{petId}', OTHER_BYTES_MAX],
    ['/lambda', 'pages', OTHER_BYTES_MAX],
  ]) {
    const bytes = await cold(path, text);
    if (bytes > most) problems.push(`a cold ${path} is ${bytes} bytes`);
  }
  const left = strangers(requests);
  check(left.length === 0, `requests that left the server: ${left.join(', ')}`);
  check(problems.length === 0, problems.join('\n'));
  console.log(`ok: ${pages.length} pages, light and dark; ${requests.length} requests, none left the server`);
} catch (error) {
  console.error([...new Set(problems)].join('\n'));
  throw error;
} finally {
  await browser.close();
}
