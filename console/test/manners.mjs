// What pages do when they are used: dialogs under axe, the palette by keyboard, undeployed changes, a
// session that is gone.
import { audit } from './audit.mjs';
import { check, open, shot, signIn, strangers, url } from './browser.mjs';
import { furnish } from './furnish.mjs';

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
    ['create-layer', '/lambda/layers', 'Create layer'],
    ['edit-layers', '/lambda/functions/pages?tab=code', 'Edit layers'],
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
/** A page whose code cannot be fetched says so, and leaves the console standing. */
async function pageLost(page, go) {
  await go('/iam/roles');
  const before = problems.length;
  await page.route('**/console/assets/account-*.js', (route) => route.abort());
  await page.getByRole('navigation').getByRole('link', { name: 'Account' }).click();
  await page.getByText('This page failed').waitFor();
  const found = [];
  await audit(page, 'failed page', found);
  await shot(page, 'failed-page');
  await page.getByRole('navigation').getByRole('link', { name: 'Users' }).click();
  await page.getByRole('heading', { name: /^Users/ }).waitFor();
  await page.unroute('**/console/assets/account-*.js');
  await go('/iam/account', 'Account');
  // That the fetch failed is the test's doing.
  problems.length = before;
  problems.push(...found);
}

async function sessionLost(page, go) {
  await context.clearCookies();
  await go('/iam/roles', 'Sign in to Crossway');
  await page.getByRole('button', { name: /^Sign in to api/ }).click();
  await page.getByRole('heading', { name: /^Roles/ }).waitFor();
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
  await pageLost(page, go);
  await sessionLost(page, go);
  const left = strangers(requests);
  check(left.length === 0, `requests that left the server: ${left.join(', ')}`);
  check(problems.length === 0, problems.join('\n'));
  console.log('ok: dialogs, palette, undeployed changes, lost pages and sessions');
} catch (error) {
  console.error([...new Set(problems)].join('\n'));
  throw error;
} finally {
  await browser.close();
}
