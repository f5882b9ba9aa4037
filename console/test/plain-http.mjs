// Plain http under a host name, as on a home server: no crypto.subtle, no clipboard, no randomUUID. The
// server's name is known to this browser alone.
import { audit } from './audit.mjs';
import { check, open, shot, strangers } from './browser.mjs';

const { port } = new URL(process.env.CROSSWAY_URL);
const host = process.env.CROSSWAY_NAME;
const home = `http://${host}:${port}`;
const { browser, context, problems, requests } = await open({}, [
  `--host-resolver-rules=MAP ${host} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`,
]);
try {
  const page = await context.newPage();
  await page.goto(`${home}/console/sign-in`);
  await page.getByRole('heading', { name: 'Sign in to Crossway' }).waitFor();
  const has = await page.evaluate(() => ({
    isSecure: window.isSecureContext,
    subtle: crypto.subtle !== undefined,
    clipboard: navigator.clipboard !== undefined,
    randomUUID: crypto.randomUUID !== undefined,
  }));
  check(Object.values(has).every((one) => one === false), `this is plain http: ${JSON.stringify(has)}`);
  // By access key: one click is for people on the server's own machine.
  await page.getByRole('button', { name: 'Sign in with an access key' }).click();
  await page.getByLabel('Access key ID').fill(process.env.CROSSWAY_KEY);
  await page.getByLabel('Secret access key').fill(process.env.CROSSWAY_SECRET);
  await page.getByRole('button', { name: 'Sign in with access key' }).click();
  await page.getByRole('heading', { name: /^Account / }).waitFor();
  await audit(page, 'home over plain http', problems);
  await shot(page, 'home');

  // A random statement id and the copied command, both without the secure context's means.
  await page.goto(`${home}/console/s/0/apigateway/create?from=new`);
  await page.getByLabel('API name').fill('plain');
  await page.getByRole('button', { name: 'Create API' }).click();
  await page.getByRole('button', { name: 'Create method' }).click();
  await page.getByRole('button', { name: /^Method type/ }).click();
  await page.getByRole('option', { name: 'GET' }).click();
  await page.getByLabel('Lambda proxy integration').check();
  const arn = 'arn:aws:lambda:us-east-1:222222222222:function:elsewhere';
  await page.getByRole('combobox', { name: 'Lambda function' }).fill(arn);
  const command = await page.getByRole('region', { name: 'Add permission command' }).innerText();
  check(/--statement-id [0-9a-f-]{36} /.test(command), `a random id: ${command}`);
  await page.getByRole('button', { name: 'Copy command' }).click();
  await page.getByText('Copied').waitFor();
  // What was copied is what is pasted.
  await page.getByRole('combobox', { name: 'Lambda function' }).fill('');
  await page.getByRole('combobox', { name: 'Lambda function' }).press('Control+v');
  const pasted = await page.getByRole('combobox', { name: 'Lambda function' }).inputValue();
  check(pasted === command.replaceAll('\n', ''), `copied: ${pasted}`);
  await shot(page, 'copied');
  check(problems.length === 0, problems.join('\n'));
  const left = strangers(requests).filter((one) => new URL(one).host !== `${host}:${port}`);
  check(left.length === 0, `requests that left the server: ${left.join(' ')}`);
  console.log('ok: plain http under a host name');
} catch (error) {
  for (const page of context.pages()) await shot(page, 'failed').catch(() => undefined);
  console.error([...new Set(problems)].join('\n'));
  throw error;
} finally {
  await browser.close();
}
