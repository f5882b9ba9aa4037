// Users share permissions by a group: made, filled, given a policy and deleted by mouse. And a function's
// form offers what this host runs, with a package where the code is compiled.
import { audit } from './audit.mjs';
import { check, open, shot, signIn, strangers, url } from './browser.mjs';

const { browser, context, problems, requests } = await open();

/** Chooses in a dialog's only list. */
async function choose(dialog, page, label, option) {
  await dialog.getByRole('button', { name: label }).click();
  await page.getByRole('option', { name: option }).first().click();
}

async function groups(page, session) {
  await page.goto(`${url}${session}/iam/groups`);
  await page.getByRole('button', { name: 'Create group' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('User group name').fill('readers');
  await dialog.getByRole('button', { name: 'Create user group' }).click();
  await page.getByRole('link', { name: 'readers' }).click();
  await page.getByRole('button', { name: 'Add users' }).click();
  await choose(dialog, page, /^User/, 'admin');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('link', { name: 'admin', exact: true }).waitFor();
  await shot(page, 'group');
  await page.getByRole('tab', { name: 'Permissions' }).click();
  await page.getByRole('button', { name: 'Attach policies' }).click();
  await choose(dialog, page, /^Policy/, 'AmazonS3ReadOnlyAccess');
  await dialog.getByRole('button', { name: 'Add permissions' }).click();
  await page.getByRole('link', { name: 'AmazonS3ReadOnlyAccess' }).waitFor();
  await audit(page, 'group', problems);
  // The user's own page has it as well, and leaves it.
  await page.goto(`${url}${session}/iam/users/admin?tab=groups`);
  await page.getByRole('link', { name: 'readers' }).waitFor();
  await page.getByRole('radio', { name: 'Select readers' }).check({ force: true });
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByText('No user groups').waitFor();
  await page.goto(`${url}${session}/iam/groups`);
  await page.getByRole('radio', { name: 'Select readers' }).check({ force: true });
  await page.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByRole('textbox').fill('readers');
  // Its policy would keep it: that goes first.
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('No user groups').waitFor();
}

async function runtimes(page, session) {
  const health = await (await page.request.get(`${url}/_crossway/health`)).json();
  await page.goto(`${url}${session}/lambda/create`);
  const field = page.getByRole('button', { name: /^Runtime/ });
  await field.click();
  for (const [runtime, label] of [['nodejs20.x', 'Node.js 20.x'], ['python3.13', 'Python 3.13'], ['dotnet8', '.NET 8']]) {
    const said = health.runtimes.find((one) => one.runtime === runtime);
    const option = page.getByRole('option', { name: label });
    await option.scrollIntoViewIfNeeded();
    const isOff = (await option.getAttribute('aria-disabled')) === 'true';
    check(isOff === (said.refused !== undefined), `${label} is offered as the server says`);
    if (said.runs_on) check((await option.innerText()).includes(said.runs_on), `${label} says ${said.runs_on}`);
  }
  await shot(page, 'runtimes');
  await page.getByRole('option', { name: 'Amazon Linux 2023', exact: true }).click();
  await page.getByLabel('Function name').fill('compiled');
  const create = page.getByRole('button', { name: 'Create function' });
  check(await create.isDisabled(), 'a compiled function waits for its package');
  await audit(page, 'create-function with a package', problems);
}

try {
  const page = await context.newPage();
  await signIn(page, 'api');
  const session = new URL(page.url()).pathname.split('/').slice(0, 4).join('/');
  await groups(page, session);
  await runtimes(page, session);
  const left = strangers(requests);
  check(left.length === 0, `requests that left the server: ${left.join(', ')}`);
  check(problems.length === 0, problems.join('\n'));
  console.log('ok: groups and runtimes');
} catch (error) {
  console.error([...new Set(problems)].join('\n'));
  throw error;
} finally {
  await browser.close();
}
