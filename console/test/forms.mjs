// Forms that decide what requests meet: templates with their preview, authorizers of tokens, CORS, VPC links; and
// that the AWS CLI's commands on them do what the forms do.
import { execFileSync } from 'node:child_process';
import { audit } from './audit.mjs';
import { check, open, shot, signIn, strangers, url } from './browser.mjs';
import { furnish } from './furnish.mjs';

const { browser, context, problems, requests } = await open();
const issuer = process.env.CROSSWAY_ISSUER;

/** Runs commands that a page shows, as its reader's shell does. */
function shell(commands) {
  const lines = commands.split('\n').map((line) => line.replace(/^aws /, `${process.env.CROSSWAY_AWS} `));
  execFileSync('sh', ['-ec', lines.join('\n')], { env: process.env, stdio: 'pipe' });
}

/** What the dialog or form says that the AWS CLI's command is. */
async function commands(scope) {
  const shown = scope.getByRole('region', { name: 'AWS CLI command' });
  if (!(await shown.isVisible())) await scope.getByRole('button', { name: 'AWS CLI command' }).click();
  return shown.innerText();
}

/** A template is rendered while it is typed, with its error's place. */
async function preview(page, go, { api, root }) {
  const at = `/apigateway/apis/${api}/resources?resource=${root}&method=GET`;
  await go(`${at}&tab=integration-request`);
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await page.getByRole('button', { name: 'Preview' }).click();
  const rendered = page.getByRole('region', { name: 'Rendered template' });
  const output = rendered.getByRole('region', { name: 'output' });
  await output.getByText('{"statusCode": 200}').waitFor();
  await page.getByLabel('Template body').fill('{"name": $input.json(\'$.pet\'), "ip": "$context.identity.sourceIp"}');
  await page.getByLabel('Sample request body').fill('{"pet": "Rex"}');
  await output.getByText('{"name": "Rex", "ip": "192.0.2.1"}').waitFor();
  await audit(page, 'preview', problems);
  await shot(page, 'preview');
  await page.getByLabel('Template body').fill('#set($context.responseOverride.status = 404)name: $input.path("$.pet")');
  await rendered.getByText('$context.responseOverride.status').waitFor();
  await rendered.getByText(/^The output is no JSON/).waitFor();
  await page.getByLabel('Template body').fill('{\n  "a": $input.path("$.l").get(7)\n}');
  await page.getByLabel('Sample request body').fill('{"l": [1]}');
  await rendered.getByText('Line 2, column').waitFor();
  await audit(page, 'preview with an error', problems);
  await shot(page, 'preview-error');
  await page.getByLabel('Sample parameters and context').fill('{"contexts": {}}');
  await page.getByText(/^There is no contexts/).waitFor();
  await page.getByLabel('Sample parameters and context').fill('{"context": {"nothing": "x"}}');
  await rendered.getByText(/there is no `\$context.nothing`/).waitFor();
  // The answer's template has its own.
  await go(`${at}&tab=integration-response`);
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByText('Sample response body').waitFor();
  await output.getByText('Welcome to your Pet Store API').waitFor();
}

/** A JWT authorizer by its form; a pool's by its form and its form's command; scopes of a method. */
async function authorizers(page, go, { api, root }) {
  await go(`/apigateway/apis/${api}/authorizers`);
  await page.getByRole('button', { name: 'Create authorizer' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Authorizer name').fill('tokens');
  await dialog.getByRole('radio', { name: /^JWT/ }).check();
  await dialog.getByLabel('Issuer URL').fill(issuer);
  await dialog.getByLabel('Audiences').fill('api\nother');
  await dialog.getByRole('button', { name: 'Add claim' }).click();
  await dialog.getByLabel('Claim name 1').fill('tenant');
  await dialog.getByPlaceholder('Any value').fill('acme');
  await audit(page, 'JWT authorizer', problems);
  await shot(page, 'jwt-authorizer');
  const command = await commands(dialog);
  check(!/ttl/.test(command), `a JWT authorizer has no cache: ${command}`);
  // The CLIs of this test are older than its option: what stands behind it is read instead.
  const configuration = JSON.parse(/ --jwt-configuration '(.*)'/.exec(command)?.[1] ?? '{}');
  const [one] = configuration.issuers;
  check(one.issuer === issuer && one.audiences.join() === 'api,other', `the issuer: ${command}`);
  check(one.additionalClaims[0].expectedValues[0] === 'acme', `the claim: ${command}`);
  await dialog.getByRole('button', { name: 'Create authorizer' }).click();
  await page.getByText("Successfully created authorizer 'tokens'.").waitFor();
  await page.getByRole('row', { name: /tokens/ }).getByText(issuer).waitFor();
  // Editing changes the configuration as a whole.
  await page.getByRole('radio', { name: 'Select tokens' }).check();
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  check((await dialog.getByLabel('Audiences').inputValue()) === 'api\nother', 'the audiences come back');
  await dialog.getByLabel('Audiences').fill('api');
  await dialog.getByRole('button', { name: 'Save changes' }).click();
  await page.getByText("Saved authorizer 'tokens'.").waitFor();
  // Its test refuses what is no token.
  await page.getByRole('button', { name: 'Test authorizer' }).click();
  await dialog.getByRole('textbox', { name: 'Token' }).fill('nonsense');
  await dialog.getByRole('button', { name: 'Test authorizer' }).click();
  await dialog.getByText('401', { exact: true }).waitFor();
  await shot(page, 'jwt-test');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await pool(page);
  await scopes(page, go, { api, root });
}

async function pool(page) {
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Create authorizer' }).first().click();
  await dialog.getByLabel('Authorizer name').fill('pool');
  await dialog.getByRole('radio', { name: /^Cognito/ }).check();
  const arn = 'arn:aws:cognito-idp:us-east-1:111111111111:userpool/us-east-1_abcdefghi';
  await dialog.getByLabel('Cognito user pool').fill(`${arn}\n${arn}2`);
  const command = await commands(dialog);
  check(command.includes(`--provider-arns ${arn} ${arn}2 `), `each pool is a word: ${command}`);
  await dialog.getByRole('button', { name: 'Create authorizer' }).click();
  await page.getByText("Successfully created authorizer 'pool'.").waitFor();
  shell(command.replace('--name pool', '--name by-command'));
  await page.getByRole('button', { name: 'Refresh Authorizers' }).click();
  await page.getByRole('row', { name: /by-command/ }).getByText(`${arn}, ${arn}2`).waitFor();
}

async function scopes(page, go, { api, root }) {
  const dialog = page.getByRole('dialog');
  await go(`/apigateway/apis/${api}/resources?resource=${root}&method=GET&tab=method-request`);
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await dialog.getByRole('button', { name: /^Authorization/ }).click();
  await page.getByRole('option', { name: /tokens/ }).click();
  await dialog.getByLabel('Authorization scopes – optional').fill('pets:read pets:write');
  await audit(page, 'method request with scopes', problems);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('pets:read pets:write').waitFor();
  await page.getByText('tenant = acme').waitFor();
  await shot(page, 'method-scopes');
}

/** What the form would do, by its commands; then by the form over it. */
async function cors(page, go, { api, root }) {
  await go(`/apigateway/apis/${api}/resources?resource=${root}`);
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Enable CORS' }).click();
  await dialog.getByRole('checkbox', { name: 'Default 4XX' }).check();
  await dialog.getByLabel('Access-Control-Allow-Origin').fill('https://example.com');
  await audit(page, 'enable CORS', problems);
  const command = await commands(dialog);
  await shot(page, 'enable-cors');
  shell(command);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await go(`/apigateway/apis/${api}/resources?resource=${root}&method=GET&tab=integration-response`);
  await page.getByText("'https://example.com'").waitFor();
  await go(`/apigateway/apis/${api}/resources?resource=${root}`);
  await page.getByRole('button', { name: 'Enable CORS' }).click();
  await dialog.getByLabel('Access-Control-Allow-Origin').fill('https://example.org');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Enabled CORS on /.').first().waitFor();
  await go(`/apigateway/apis/${api}/resources?resource=${root}&method=OPTIONS&tab=integration-response`);
  await page.getByText("'https://example.org'").waitFor();
}

/** Every sort of thing that is edited and not deployed is told; after deploying nothing is. */
async function difference(page, go, { api }) {
  await go(`/apigateway/apis/${api}/models`);
  const dialog = page.getByRole('dialog');
  await page.getByRole('radio', { name: 'Select Pet', exact: true }).check();
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await dialog.getByLabel('Model schema').fill('{"type": "string"}');
  await dialog.getByRole('button', { name: 'Save changes' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await go(`/apigateway/apis/${api}/resource-policy`);
  await page.getByRole('button', { name: 'Select a template' }).click();
  await page.getByRole('menuitem', { name: 'AWS account allowlist' }).click();
  const policy = page.getByLabel('Policy', { exact: true });
  const text = (await policy.inputValue()).replace('{{otherAWSAccountID}}', '222222222222');
  await policy.fill(text.replace(/\{\{\w+\}\}/g, '*'));
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.getByText(/^Saved the resource policy/).waitFor();
  await go(`/apigateway/apis/${api}/resources`);
  await page.getByRole('button', { name: 'Deploy API' }).click();
  for (const change of [
    'New: Authorizer tokens',
    'New: Authorizer pool',
    'Changed: Gateway response DEFAULT_4XX',
    'Changed: Model Pet',
    'New: OPTIONS /',
    'New: Resource policy',
  ]) {
    await dialog.getByText(change, { exact: true }).waitFor();
  }
  await dialog.getByRole('rowheader', { name: 'Authorization scopes' }).waitFor();
  await audit(page, 'differences', problems);
  await shot(page, 'differences');
  await dialog.getByRole('button', { name: 'Deploy', exact: true }).click();
  await page.getByText(/This deployment is active for test/).waitFor();
  await go(`/apigateway/apis/${api}/resources`);
  await page.getByRole('button', { name: 'Deploy API' }).click();
  await dialog.getByText('Stage test serves what is edited: nothing changed.').waitFor();
}

/** A VPC link by its form; an integration over it, which keeps what a second form does not show. */
async function links(page, go, { api, root }) {
  await go('/apigateway/vpc-links');
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Create VPC link' }).first().click();
  await dialog.getByLabel('Name', { exact: true }).fill('to-pets');
  await dialog.getByLabel('Target NLB').fill('arn:aws:lambda:us-east-1:111111111111:function:pages');
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  await dialog.getByText(/^BadRequestException/).waitFor();
  const nlb = 'arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/net/pets/0123456789abcdef';
  await dialog.getByLabel('Target NLB').fill(nlb);
  await audit(page, 'create VPC link', problems);
  const command = await commands(dialog);
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText("Successfully created VPC link 'to-pets'.").waitFor();
  const row = page.getByRole('row', { name: /to-pets/ });
  await row.getByText(/No upstream is configured for/).waitFor();
  shell(command.replace('--name to-pets', '--name by-command'));
  await page.getByRole('button', { name: 'Refresh VPC links' }).click();
  await page.getByRole('row', { name: /by-command/ }).getByText(nlb, { exact: true }).waitFor();
  await shot(page, 'vpc-links');
  const id = await row.getByRole('cell').nth(1).innerText();
  await go(`/apigateway/apis/${api}/resources?resource=${root}&method=GET&tab=integration-request`);
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await page.getByRole('radio', { name: /^VPC link/ }).check();
  await page.getByLabel('VPC proxy integration').check();
  await page.getByRole('combobox', { name: 'VPC link' }).fill(id);
  await page.keyboard.press('Escape');
  await page.getByLabel('Endpoint URL').fill('http://pets.internal/pets');
  await page.getByRole('button', { name: /^Response transfer mode/ }).click();
  await page.getByRole('option', { name: 'Stream' }).click();
  await audit(page, 'VPC link integration', problems);
  await shot(page, 'vpc-link-integration');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('http://pets.internal/pets').waitFor();
  await page.getByText('Stream', { exact: true }).waitFor();
  // Another part is edited; link and mode stay.
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  check((await page.getByRole('combobox', { name: 'VPC link' }).inputValue()) === id, 'the link comes back');
  await page.getByLabel('Endpoint URL').fill('http://pets.internal/others');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('http://pets.internal/others').waitFor();
  await page.getByText(id, { exact: true }).waitFor();
  await page.getByText('Stream', { exact: true }).waitFor();
}

/** A certificate is generated, chosen by a stage, which keeps it from being deleted, and let go. */
async function certificates(page, go, { api }) {
  await go('/apigateway/client-certificates');
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Generate certificate' }).click();
  await dialog.getByLabel('Description').fill('backend');
  await dialog.getByRole('button', { name: 'Generate', exact: true }).click();
  const row = page.getByRole('row').filter({ hasText: 'backend' });
  const id = await row.getByRole('rowheader').innerText();
  const choose = async (option) => {
    await go(`/apigateway/apis/${api}/stages?stage=test`);
    await page.getByRole('button', { name: 'Edit', exact: true }).first().click();
    await dialog.getByRole('button', { name: /^Client certificate/ }).click();
    await page.getByRole('option', { name: option }).click();
    await dialog.getByRole('button', { name: 'Save changes' }).click();
    await dialog.waitFor({ state: 'detached' });
  };
  const remove = async () => {
    await go('/apigateway/client-certificates');
    await page.getByRole('radio', { name: `Select ${id}` }).check({ force: true });
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  };
  await choose(new RegExp(id));
  await page.getByText(id, { exact: true }).waitFor();
  await shot(page, 'client-certificate');
  await remove();
  await page.getByText('because it is used by stage').waitFor();
  await choose('None');
  await remove();
  await row.waitFor({ state: 'detached' });
}

try {
  const page = await context.newPage();
  await signIn(page, 'api');
  const things = await furnish(page);
  const session = new URL(page.url()).pathname.split('/').slice(0, 4).join('/');
  const go = async (path) => {
    await page.goto(url + session + path);
    await page.locator('h1').first().waitFor();
    await page.waitForLoadState('networkidle');
  };
  await preview(page, go, things);
  await authorizers(page, go, things);
  await cors(page, go, things);
  await difference(page, go, things);
  await links(page, go, things);
  await certificates(page, go, things);
  const left = strangers(requests);
  check(left.length === 0, `requests that left the server: ${left.join(', ')}`);
  check(problems.length === 0, problems.join('\n'));
  console.log('ok: previews, authorizers, CORS, differences, VPC links, client certificates');
} catch (error) {
  for (const page of context.pages()) await shot(page, 'failed').catch(() => undefined);
  console.error([...new Set(problems)].join('\n'));
  throw error;
} finally {
  await browser.close();
}
