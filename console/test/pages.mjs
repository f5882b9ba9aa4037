// Every page, light and dark, with hostile texts and on a small screen: nothing for axe to find, no
// violation of the content security policy, no console error, no request that leaves the server.
import { audit } from './audit.mjs';
import { check, open, shot, signIn, strangers, url } from './browser.mjs';
import { furnish } from './furnish.mjs';
import { pagesOf } from './pages-list.mjs';

const { browser, context, problems, requests } = await open();
context.on('dialog', (dialog) => problems.push(`a dialog of the browser: ${dialog.message()}`));

try {
  const page = await context.newPage();
  await page.goto(`${url}/console/sign-in`);
  await page.getByRole('button', { name: /^Sign in to api/ }).waitFor();
  await audit(page, 'sign-in', problems);
  await shot(page, 'sign-in');
  await signIn(page, 'api');
  const things = await furnish(page);
  const pages = pagesOf(things);
  const session = new URL(page.url()).pathname.split('/').slice(0, 4).join('/');
  const visit = async (page, [name, path]) => {
    await page.goto(url + session + path);
    await page.locator('h1').first().waitFor();
    await page.waitForLoadState('networkidle');
    await audit(page, name, problems);
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
    if (process.env.CROSSWAY_SHOTS) {
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
