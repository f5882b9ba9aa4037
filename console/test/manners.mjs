// What pages do when they are used: dialogs under axe, the palette by keyboard, undeployed changes, a
// session that is gone, and how soon and with how many bytes a page is there for a new browser.
import { audit } from './audit.mjs';
import { check, open, shot, signIn, strangers, url } from './browser.mjs';
import { furnish } from './furnish.mjs';

/** A page to start at, and any other page without a warm cache; gzip, fonts included. */
const FIRST_BYTES_MAX = 475 * 1024;
const OTHER_BYTES_MAX = 550 * 1024;

const { browser, context, problems, requests } = await open();

/** Dialogs are looked at once: they are made of the same parts as pages. */
async function dialogs(page, go, { api }) {
  const at = `/apigateway/apis/${api}`;
  const opened = [
    ['create-authorizer', `${at}/authorizers`, 'Create authorizer'],
    ['create-resource', `${at}/resources`, 'Create resource'],
    ['create-stage', `${at}/stages`, 'Create stage'],
    ['edit-stage', `${at}/stages?stage=test`, 'Edit'],
    ['create-model', `${at}/models`, 'Create model'],
    ['create-documentation-part', `${at}/documentation`, 'Create documentation part'],
    ['publish-documentation', `${at}/documentation`, 'Publish documentation'],
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
    await audit(page, `dialog ${name}`, problems);
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
  await audit(page, 'palette', problems);
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
  await audit(page, 'deploy', problems);
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
  await signIn(page, 'api');
  const things = await furnish(page);
  const session = new URL(page.url()).pathname.split('/').slice(0, 4).join('/');
  const go = async (path, heading) => {
    await page.goto(url + session + path);
    const wanted = heading ? page.getByRole('heading', { name: heading }) : page.locator('h1');
    await wanted.first().waitFor();
    await page.waitForLoadState('networkidle');
  };
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
  console.log('ok: dialogs, palette, undeployed changes, lost session, sizes');
} catch (error) {
  console.error([...new Set(problems)].join('\n'));
  throw error;
} finally {
  await browser.close();
}
