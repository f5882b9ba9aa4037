// The tutorial's key steps by keyboard alone: no click, no focus set by script. What has the focus shows
// it; every page's first stop is a link past the navigation.
import { check, open, shot, strangers, url } from './browser.mjs';

const { browser, context, problems, requests } = await open();
const TABS_MAX = 120;

/** Goes on by the Tab key until the target has the focus, and looks whether that shows. */
async function reach(page, target) {
  await target.first().waitFor();
  for (let count = 0; count < TABS_MAX; count += 1) {
    const isThere = await target.first().evaluate((one) => one === document.activeElement);
    if (isThere) return seen(page, target);
    await page.keyboard.press('Tab');
  }
  throw new Error(`${target} cannot be reached by keyboard`);
}

/** A ring, an outline or another border around what has the focus, or around what it stands in. */
async function seen(page, target) {
  const isShown = await target.first().evaluate((one) => {
    const has = (element, part) => {
      const style = getComputedStyle(element, part);
      const isRing = style.boxShadow !== 'none' || (style.outlineStyle !== 'none' && style.outlineWidth !== '0px');
      return isRing && (part === undefined || style.content !== 'none');
    };
    const around = [one, one.parentElement, one.parentElement?.parentElement, one.nextElementSibling];
    const isBordered = getComputedStyle(one).borderColor !== 'rgba(0, 0, 0, 0)' && one.matches('input, textarea');
    return isBordered || around.some((element) => element && (has(element) || has(element, '::before') || has(element, '::after')));
  });
  if (!isShown) problems.push(`no focus is seen on ${target}`);
}

const button = (scope, name) => scope.getByRole('button', { name, exact: typeof name === 'string' });

async function press(page, target) {
  await reach(page, target);
  await page.keyboard.press('Enter');
}

async function type(page, target, text) {
  await reach(page, target);
  await page.keyboard.press('Control+A');
  await page.keyboard.type(text);
}

async function flip(page, target) {
  await reach(page, target);
  await page.keyboard.press('Space');
}

async function signIn(page, alias) {
  await page.goto(`${url}/console/sign-in`);
  await press(page, button(page, new RegExp(`^Sign in to ${alias} `)));
  await page.getByRole('heading', { name: `Account ${alias}` }).waitFor();
}

/** The function of the other account. */
async function makeFunction(page) {
  await signIn(page, 'functions');
  const skip = page.getByRole('link', { name: 'Skip to main content' });
  await reach(page, skip);
  await shot(page, 'skip-link');
  await page.keyboard.press('Enter');
  const at = await page.evaluate(() => document.activeElement?.id);
  check(at === 'content', `the link leads to the page: ${at}`);
  await press(page, page.getByRole('navigation').getByRole('link', { name: 'Lambda' }));
  await press(page, button(page, 'Create function'));
  await type(page, page.getByLabel('Function name'), 'typed');
  await press(page, button(page, 'Create function'));
  await page.getByText('Successfully created the function typed.').waitFor();
}

/** The API, its resource and its method, up to the permission. */
async function makeApi(page) {
  await signIn(page, 'api');
  await press(page, page.getByRole('navigation').getByRole('link', { name: 'API Gateway' }));
  await press(page, button(page, 'Build'));
  await press(page, button(page.getByRole('dialog'), 'OK'));
  const choice = page.getByRole('radio', { name: /Example API/ });
  await reach(page, choice);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  check(await page.getByRole('radio', { name: /New API/ }).isChecked(), 'arrows choose');
  await type(page, page.getByLabel('API name'), 'CrossAccountLambdaAPI');
  await press(page, button(page, 'Create API'));
  await page.getByRole('heading', { name: /^CrossAccountLambdaAPI/ }).waitFor();
  await press(page, button(page, 'Create resource'));
  const form = page.getByRole('dialog', { name: 'Create resource' });
  await type(page, form.getByLabel('Resource name'), 'helloworld');
  await press(page, button(form, 'Create resource'));
  await page.getByText("Successfully created resource '/helloworld'.").waitFor();
  await press(page, button(page, 'Create method'));
  await page.getByRole('heading', { name: 'Create method' }).waitFor();
  await press(page, page.getByRole('button', { name: /^Method type/ }));
  await page.keyboard.type('GET');
  await page.keyboard.press('Enter');
  await flip(page, page.getByLabel('Lambda proxy integration'));
  const arn = 'arn:aws:lambda:us-east-1:222222222222:function:typed';
  await type(page, page.getByRole('combobox', { name: 'Lambda function' }), arn);
  await page.keyboard.press('Escape');
  await page.getByRole('region', { name: 'Add permission command' }).waitFor();
  await press(page, button(page, 'Run as account functions'));
  await page.getByText(/Permission in place: statement/).waitFor();
  await shot(page, 'create-method');
  await press(page, button(page, 'Create method'));
  await page.getByText("Successfully created method 'GET' in '/helloworld'.").waitFor();
}

async function testAndDeploy(page) {
  await reach(page, page.getByRole('tab', { name: 'Integration request' }));
  await page.keyboard.press('End');
  await page.getByRole('heading', { name: 'Test method' }).waitFor();
  await press(page, button(page, 'Test'));
  await page.getByText('Hello from Lambda!').first().waitFor();
  await shot(page, 'test');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /^Search pages/ }).waitFor();
  // The dialog has the focus a moment before its box does.
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'combobox');
  await page.keyboard.type('deploy');
  await page.getByRole('option', { name: /^Deploy API/, selected: true }).waitFor();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Deploy API' });
  await type(page, dialog.getByLabel('Stage name'), 'test');
  await press(page, button(dialog, 'Deploy'));
  await page.getByText(/This deployment is active for test/).waitFor();
  await shot(page, 'stage');
}

try {
  await makeFunction(await context.newPage());
  const page = await context.newPage();
  await makeApi(page);
  await testAndDeploy(page);
  check(problems.length === 0, problems.join('\n'));
  check(strangers(requests).length === 0, `requests left: ${strangers(requests).join(' ')}`);
  console.log('ok: the tutorial by keyboard');
} catch (error) {
  for (const page of context.pages()) await shot(page, 'failed').catch(() => undefined);
  console.error([...new Set(problems)].join('\n'));
  throw error;
} finally {
  await browser.close();
}
