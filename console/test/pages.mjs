// Every page, light and dark: nothing for axe to find, no violation of the content security policy,
// no console error, no more bytes than the budget.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { check, open, shot, signIn, url } from './browser.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** A page to start at, and any other page without a warm cache; gzip, fonts included. */
const FIRST_BYTES_MAX = 475 * 1024;
const OTHER_BYTES_MAX = 550 * 1024;

const { browser, context, problems } = await open();

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
      return JSON.parse((await response.text()) || '{}');
    },
    [service, method, path, body],
  );

/** What axe finds on the page; its script comes from outside the page's policy. */
async function audit(page, name) {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = await window.axe.run(document, { runOnly: { type: 'tag', values: tags } });
    return violations.map((one) => `${one.id}: ${one.nodes[0]?.html.slice(0, 200)}`);
  });
  for (const one of found) problems.push(`axe on ${name}: ${one}`);
}

try {
  const page = await context.newPage();
  await page.goto(`${url}/console/sign-in`);
  await page.getByRole('button', { name: /^Sign in to api/ }).waitFor();
  await audit(page, 'sign-in');
  await signIn(page, 'api');
  const petstore = await (await page.request.get(`${url}/console/example/petstore.json`)).text();
  const api = await call(page, 'apigateway', 'POST', '/restapis?mode=import', petstore);
  const resources = await call(page, 'apigateway', 'GET', `/restapis/${api.id}/resources`);
  const root = resources.item.find((one) => one.path === '/');
  await call(page, 'apigateway', 'POST', `/restapis/${api.id}/deployments`, '{"stageName":"test"}');
  const at = `/apigateway/apis/${api.id}`;
  const pages = [
    ['home', '/'],
    ['apis', '/apigateway'],
    ['create-api', '/apigateway/create?from=new'],
    ['import-api', '/apigateway/create?from=import'],
    ['resources', `${at}/resources`],
    ...['method-request', 'integration-request', 'integration-response', 'method-response', 'test'].map(
      (tab) => [tab, `${at}/resources?resource=${root.id}&method=GET&tab=${tab}`],
    ),
    ['create-method', `${at}/create-method?resource=${root.id}`],
    ['stages', `${at}/stages?stage=test`],
    ['models', `${at}/models`],
    ['gateway-responses', `${at}/gateway-responses`],
    ['resource-policy', `${at}/resource-policy`],
    ['settings', `${at}/settings`],
    ['functions', '/lambda'],
    ['create-function', '/lambda/create'],
    ['logs', '/logs'],
    ['log-group', '/logs/groups/%2Faws%2Flambda%2Fnone'],
    ['users', '/iam/users'],
    ['user', '/iam/users/admin'],
    ['roles', '/iam/roles'],
    ['policies', '/iam/policies'],
    ['policy', `/iam/policies/${encodeURIComponent('arn:aws:iam::aws:policy/AdministratorAccess')}`],
    ['switch-role', '/switch-role'],
  ];
  const session = new URL(page.url()).pathname.split('/').slice(0, 4).join('/');
  for (const look of ['light', 'dark']) {
    await page.evaluate((to) => localStorage.setItem('crossway-look', to), look);
    for (const [name, path] of pages) {
      await page.goto(url + session + path);
      await page.locator('h1').first().waitFor();
      await page.waitForLoadState('networkidle');
      await audit(page, `${name} (${look})`);
      await shot(page, `${look}-${name}`);
    }
  }
  // A browser that was never here, signed in and sent straight to a page.
  for (const path of ['/', '/apigateway', `${at}/resources`, '/lambda']) {
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
    await first.locator('h1').first().waitFor();
    const took = Math.round(performance.now() - start);
    await first.waitForLoadState('networkidle');
    console.log(`cold ${path}: ${Math.round(bytes / 1024)} KB, heading after ${took} ms`);
    const isFirst = path === '/' || path === '/apigateway';
    const most = isFirst ? FIRST_BYTES_MAX : OTHER_BYTES_MAX;
    if (bytes > most) problems.push(`a cold ${path} is ${bytes} bytes`);
    await fresh.close();
  }
  check(problems.length === 0, problems.join('\n'));
  console.log(`ok: ${pages.length} pages, light and dark`);
} catch (error) {
  console.error([...new Set(problems)].join('\n'));
  throw error;
} finally {
  await browser.close();
}
