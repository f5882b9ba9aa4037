// The tutorial as it has been since October 2023: "Create a REST API with a cross-account Lambda
// proxy integration". The function's owner runs the command with the AWS CLI, when there is one.
import { execFileSync } from 'node:child_process';
import { check, open, shot, signIn, strangers, url } from './browser.mjs';

const { browser, context, problems, requests } = await open();

/** Runs the copied command as the owner's shell does. */
function run(command) {
  const aws = process.env.CROSSWAY_AWS;
  if (!aws) return false;
  const [, ...words] = command.split(' ');
  execFileSync(aws, words, { env: process.env, stdio: 'pipe' });
  return true;
}

try {
  const b = await context.newPage();
  await signIn(b, 'functions');
  await b.goto(`${url}/console/s/0/lambda/create`);
  await b.getByLabel('Function name').fill('hello-new');
  await b.getByRole('button', { name: 'Create function' }).click();
  await b.getByText('Successfully created the function hello-new.').waitFor();

  const a = await context.newPage();
  await signIn(a, 'api');
  await a.goto(`${url}/console/s/1/apigateway/create`);
  await a.getByLabel('API name').fill('CrossAccountLambdaAPI');
  await a.getByRole('button', { name: 'Create API' }).click();
  await a.getByRole('heading', { name: /^CrossAccountLambdaAPI/ }).waitFor();
  await a.getByRole('button', { name: 'Create resource' }).click();
  const form = a.getByRole('dialog', { name: 'Create resource' });
  check(!(await form.getByLabel('Proxy resource').isChecked()), 'Proxy resource is off');
  await form.getByLabel('Resource name').fill('helloworld');
  await form.getByRole('button', { name: 'Create resource' }).click();
  await a.getByText("Successfully created resource '/helloworld'.").waitFor();
  await a.getByRole('button', { name: 'Create method' }).click();
  await a.getByRole('heading', { name: 'Create method' }).waitFor();
  await a.getByRole('button', { name: /^Method type/ }).click();
  await a.getByRole('option', { name: 'GET' }).click();
  check(await a.getByRole('radio', { name: /Lambda function/ }).isChecked(), 'Lambda function');
  await a.getByLabel('Lambda proxy integration').check();
  const arn = 'arn:aws:lambda:us-east-1:222222222222:function:hello-new';
  await a.getByRole('combobox', { name: 'Lambda function' }).fill(arn);
  const shown = a.getByRole('region', { name: 'Add permission command' });
  await shown.waitFor();
  await shot(a, 'create-method');
  const command = await shown.innerText();
  check(/\/\*\/GET\/helloworld /.test(command), `the command names the method: ${command}`);
  if (!run(command)) {
    await a.getByRole('button', { name: 'Run as account functions' }).click();
    await a.getByText(/Permission in place: statement/).waitFor();
  }
  await a.getByRole('button', { name: 'Create method' }).click();
  await a.getByText("Successfully created method 'GET' in '/helloworld'.").waitFor();
  await a.getByText(/Permission in place: statement/).waitFor();
  await a.getByRole('tab', { name: 'Test' }).click();
  await a.getByRole('button', { name: 'Test', exact: true }).click();
  await a.getByText('Hello from Lambda!').first().waitFor();
  await shot(a, 'test');

  check(problems.length === 0, problems.join('\n'));
  check(strangers(requests).length === 0, `requests left: ${strangers(requests).join(' ')}`);
  console.log('ok: the new flow');
} catch (error) {
  for (const page of context.pages()) await shot(page, 'failed').catch(() => undefined);
  console.error(problems.join('\n'));
  throw error;
} finally {
  await browser.close();
}
