// Takes the pictures of README.md and docs/console.md: a walk through the tutorial in two accounts.
//
//   crossway dev --port 0 --ephemeral          # a server on which nothing happened yet
//   CROSSWAY_URL=http://127.0.0.1:… node console/test/pictures.mjs
import { resolve } from 'node:path';
import { open, signIn, url } from './browser.mjs';

const folder = resolve(import.meta.dirname, '../../docs/images');
const HELLO = `export const handler = async (event) => {
  // The API is another account's.
  console.log('called by', event.requestContext?.accountId);
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: 'Hello from the other account' }),
  };
};
`;
const { browser, context } = await open({ viewport: { width: 1280, height: 800 } });

/** A picture without messages that come and go. */
async function picture(page, name, options = {}) {
  const dismiss = page.getByRole('button', { name: 'Dismiss' });
  while ((await dismiss.count()) > 0) await dismiss.first().click();
  await page.mouse.move(0, 0);
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: `${folder}/console-${name}.png`, ...options });
}

const look = (page, name) =>
  page.evaluate((name) => document.body.classList.toggle('awsui-dark-mode', name === 'dark'), name);

try {
  const a = await context.newPage();
  await signIn(a, 'api');
  const api = new URL(a.url()).pathname.split('/').slice(0, 4).join('/');
  await a.goto(`${url}${api}/apigateway/create?from=example`);
  await a.getByText('"title": "PetStore"').waitFor();
  await a.getByRole('button', { name: 'Create API' }).click();
  const tree = a.getByRole('navigation', { name: 'Resources' });
  await tree.getByText('/{petId}').waitFor();
  await picture(a, 'resources');
  await tree.getByRole('button', { name: 'GET' }).first().click();
  await a.getByRole('tab', { name: 'Integration request' }).click();
  await a.getByText('Integration request settings').waitFor();
  await look(a, 'dark');
  await picture(a, 'method-dark');
  await look(a, 'light');
  await a.getByRole('button', { name: 'Edit', exact: true }).click();
  await a.getByRole('button', { name: 'Preview' }).click();
  await a.getByLabel('Template body').fill('#set($pet = $input.path(\'$.pet\'))\n{\n  "name": "$util.escapeJavaScript($pet.name)",\n  "asked": "$context.identity.sourceIp"\n}');
  await a.getByLabel('Sample request body').fill('{"pet": {"name": "Rex"}}');
  await a.getByRole('region', { name: 'output' }).getByText('Rex').waitFor();
  await a.getByText('Mapping templates').first().evaluate((one) => one.scrollIntoView({ block: 'center' }));
  await a.evaluate(() => window.scrollBy(0, 130));
  await picture(a, 'preview');

  const b = await context.newPage();
  await signIn(b, 'functions');
  const functions = new URL(b.url()).pathname.split('/').slice(0, 4).join('/');
  await b.goto(`${url}${functions}/lambda/create`);
  await b.getByLabel('Function name').fill('my-function');
  await b.getByRole('button', { name: 'Create function' }).click();
  await b.locator('.ace_content').click();
  await b.keyboard.press('Control+A');
  await b.keyboard.insertText(HELLO);
  await b.getByText('Changes not deployed').waitFor();
  await picture(b, 'code');
  await b.getByRole('button', { name: 'Deploy', exact: true }).click();
  await b.getByText('Successfully updated the function my-function.').waitFor();

  await a.bringToFront();
  await a.reload();
  await a.getByRole('button', { name: 'Edit', exact: true }).click();
  await a.getByRole('radio', { name: /Lambda function/ }).check();
  await a.getByLabel('Lambda proxy integration').check();
  const arn = 'arn:aws:lambda:us-east-1:222222222222:function:my-function';
  await a.getByRole('combobox', { name: 'Lambda function' }).fill(arn);
  await a.getByRole('button', { name: 'Save' }).click();
  const dialog = a.getByRole('dialog', { name: 'Add Permission to Lambda Function' });
  await dialog.getByText(/Permission missing/).waitFor();
  await picture(a, 'add-permission');
  await look(a, 'dark');
  await picture(a, 'add-permission-dark');
  await look(a, 'light');
  await dialog.getByRole('button', { name: 'Run as account functions' }).click();
  await dialog.getByText(/Permission in place/).waitFor();
  await dialog.getByRole('button', { name: 'OK' }).click();
  await b.setViewportSize({ width: 1440, height: 1080 });
  await b.goto(`${url}${functions}/lambda/functions/my-function?tab=configuration&page=permissions`);
  await b.getByText('"AWS:SourceArn"').waitFor();
  await picture(b, 'permissions');
  await a.bringToFront();
  await a.getByRole('button', { name: 'Deploy API' }).click();
  await a.getByLabel('Stage name').fill('test');
  await a.getByRole('button', { name: 'Deploy', exact: true }).click();
  await a.getByText('Invoke URL').waitFor();
  const [called] = await Promise.all([
    context.waitForEvent('page'),
    a.getByRole('link', { name: /^Open/ }).click(),
  ]);
  await called.getByText('Hello from the other account').waitFor();
  await called.close();
  await a.getByRole('button', { name: 'Tutorial' }).click();
  await a.getByText('7 of 7 steps', { exact: true }).waitFor();
  await picture(a, 'tutorial');
} finally {
  await browser.close();
}
