// AWS's tutorial as it was until October 2023, step by step, in two accounts of one browser:
// "Build an API Gateway REST API with cross-account Lambda proxy integration".
import { check, open, shot, signIn, strangers } from './browser.mjs';

const HELLO = `export const handler = async (event) => {
  return { statusCode: 200, body: JSON.stringify('Hello from the other account, ' + event.httpMethod) };
};
`;

const { browser, context, problems, requests } = await open();
try {
  // Create API for API Gateway cross-account Lambda integration.
  const a = await context.newPage();
  await a.goto((process.env.CROSSWAY_URL ?? '') + '/');
  await a.getByRole('heading', { name: 'Sign in to Crossway' }).waitFor();
  await shot(a, 'sign-in');
  await signIn(a, 'api');
  await shot(a, 'home');
  await a.getByRole('navigation').getByRole('link', { name: 'API Gateway' }).click();
  await a.getByRole('button', { name: 'Build' }).waitFor();
  await shot(a, 'first-visit');
  await a.getByRole('button', { name: 'Build' }).click();
  await a.getByRole('dialog', { name: 'Create Example API' }).getByRole('button', { name: 'OK' }).click();
  check(await a.getByRole('radio', { name: /Example API/ }).isChecked(), 'Example API is chosen');
  await a.getByText('"title": "PetStore"').waitFor();
  await shot(a, 'create-example');
  await a.getByRole('button', { name: 'Create API' }).click();
  await a.getByText(/Successfully created REST API 'PetStore/).waitFor();
  await a.getByRole('navigation', { name: 'Resources' }).getByText('/{petId}').waitFor();
  await shot(a, 'resources');

  // Create Lambda integration function in another account.
  const b = await context.newPage();
  await signIn(b, 'functions');
  check(new URL(b.url()).pathname.startsWith('/console/s/1/'), 'the second account has session 1');
  await b.getByRole('navigation').getByRole('link', { name: 'Lambda' }).click();
  await b.getByRole('button', { name: 'Create function' }).first().click();
  check(await b.getByRole('radio', { name: /Author from scratch/ }).isChecked(), 'from scratch');
  await b.getByLabel('Function name').fill('my-function');
  await b.getByRole('button', { name: 'Change default execution role' }).click();
  await b.getByText('Create a new role with basic Lambda permissions').waitFor();
  await shot(b, 'create-function');
  await b.getByRole('button', { name: 'Create function' }).click();
  await b.getByText('Successfully created the function my-function.').waitFor();
  await b.locator('.ace_content').waitFor();
  await b.locator('.ace_content').click();
  await b.keyboard.press('Control+A');
  await b.keyboard.insertText(HELLO);
  await b.getByText('Changes not deployed').waitFor();
  await shot(b, 'code');
  await b.getByRole('button', { name: 'Deploy' }).click();
  await b.getByText('Successfully updated the function my-function.').waitFor();
  const arn = await b.getByText(/^arn:aws:lambda:us-east-1:222222222222:function:my-function$/).first().innerText();
  await b.getByRole('tab', { name: 'Test' }).click();
  await b.getByRole('button', { name: 'Test', exact: true }).click();
  await b.getByText('Executing function: succeeded').waitFor();
  await shot(b, 'test-function');

  // Configure cross-account Lambda integration.
  await a.bringToFront();
  await a.getByRole('navigation', { name: 'Resources' }).getByRole('button', { name: 'GET' }).first().click();
  await a.getByRole('heading', { name: '/ - GET - Method execution' }).waitFor();
  await shot(a, 'method-execution');
  await a.getByRole('button', { name: /^Integration request/ }).click();
  await a.getByRole('button', { name: 'Edit', exact: true }).click();
  await a.getByRole('radio', { name: /Lambda function/ }).check();
  await a.getByLabel('Lambda proxy integration').check();
  await a.getByRole('combobox', { name: 'Lambda function' }).fill(arn.trim());
  await a.getByText('You have selected a Lambda function from another account').waitFor();
  await a.getByRole('button', { name: 'Copy command' }).scrollIntoViewIfNeeded();
  await a.getByText('Edit integration request').click();
  await shot(a, 'add-permission');
  await a.getByRole('button', { name: 'Save' }).click();
  const dialog = a.getByRole('dialog', { name: 'Add Permission to Lambda Function' });
  const command = await dialog.getByRole('region', { name: 'Add permission command' }).innerText();
  check(
    /^aws lambda add-permission --function-name arn:aws:lambda:us-east-1:222222222222:function:my-function --source-arn arn:aws:execute-api:us-east-1:111111111111:[a-z0-9]{10}\/\*\/GET\/ --principal apigateway\.amazonaws\.com --statement-id [0-9a-f-]{36} --action lambda:InvokeFunction$/.test(command),
    `the command is AWS's: ${command}`,
  );
  await shot(a, 'add-permission-dialog');

  // Before the permission: OK stores the integration, and the call is refused.
  await dialog.getByRole('button', { name: 'OK' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await a.getByText(/Permission missing/).waitFor();
  await a.getByRole('tab', { name: 'Test' }).click();
  await a.getByRole('button', { name: 'Test', exact: true }).click();
  await a.getByText('The function’s policy does not allow this call').waitFor();
  await shot(a, 'test-denied');

  // The owner runs the command: here by the button that runs it as the other account.
  await a.getByRole('tab', { name: 'Integration request' }).click();
  await a.getByRole('button', { name: 'Edit', exact: true }).click();
  await a.getByRole('button', { name: 'Run as account functions' }).click();
  await a.getByText(/Permission in place: statement/).waitFor();
  await shot(a, 'permission-in-place');
  await a.getByRole('button', { name: 'Cancel' }).click();
  await a.getByRole('tab', { name: 'Test' }).click();
  await a.getByRole('button', { name: 'Test', exact: true }).click();
  await a.getByText('Hello from the other account, GET').first().waitFor();
  await shot(a, 'test-allowed');

  // To see the updated policy for your function in the Lambda console.
  await b.bringToFront();
  await b.getByRole('tab', { name: 'Configuration' }).click();
  await b.getByRole('button', { name: 'Permissions' }).click();
  await b.getByText('"AWS:SourceArn"').waitFor();
  const policy = JSON.parse(await b.getByRole('region', { name: 'resource-based policy', exact: true }).innerText());
  check(policy.Statement[0].Effect === 'Allow', 'the policy allows');
  check(/\/\*\/GET\/$/.test(policy.Statement[0].Condition.ArnLike['AWS:SourceArn']), 'the GET method');
  await shot(b, 'permissions');

  // Deploy, and call the API as everybody does.
  await a.bringToFront();
  await a.getByRole('button', { name: 'Deploy API' }).click();
  await a.getByLabel('Stage name').fill('test');
  await shot(a, 'deploy');
  await a.getByRole('button', { name: 'Deploy', exact: true }).click();
  await a.getByText(/This deployment is active for test/).waitFor();
  await a.getByText('Invoke URL').waitFor();
  await shot(a, 'stage');
  const [called] = await Promise.all([
    context.waitForEvent('page'),
    a.getByRole('link', { name: /^Open/ }).click(),
  ]);
  await called.waitForLoadState();
  const text = await called.locator('body').innerText();
  check(text.includes('Hello from the other account, GET'), `the API answers: ${text}`);
  const answer = await called.reload();
  check(answer.status() === 200, `status ${answer.status()}`);

  // The tutorial's own panel knows that all of it is done.
  await a.bringToFront();
  await a.getByRole('button', { name: 'Tutorial' }).click();
  await a.getByText('7 of 7 steps', { exact: true }).waitFor();
  await shot(a, 'tutorial-panel');

  check(problems.length === 0, problems.join('\n'));
  check(strangers(requests).length === 0, `requests left: ${strangers(requests).join(' ')}`);
  console.log(`ok: ${requests.length} requests, none left the server`);
} catch (error) {
  for (const page of context.pages()) await shot(page, 'failed').catch(() => undefined);
  console.error(problems.join('\n'));
  throw error;
} finally {
  await browser.close();
}
