// What the page of a function does beside its code: test events by name, calls that are not waited for,
// throttling, statements of its policy that are changed.
import { execFileSync } from 'node:child_process';
import { audit } from './audit.mjs';
import { check, open, shot, signIn, strangers, url } from './browser.mjs';
import { furnish } from './furnish.mjs';

const { browser, context, problems, requests } = await open();

/** Runs commands that a page shows, as its reader's shell does. */
function shell(commands) {
  const lines = commands.split('\n').map((line) => line.replace(/^aws /, `${process.env.CROSSWAY_AWS} `));
  execFileSync('sh', ['-ec', lines.join('\n')], { env: process.env, stdio: 'pipe' });
}

const button = (scope, name) => scope.getByRole('button', { name, exact: true });

/** An event is saved under a name, comes back with the page, is changed, run and deleted. */
async function events(page, go) {
  await go('/lambda/functions/pages?tab=test');
  check(await page.getByRole('radio', { name: 'Edit saved event (0)' }).isDisabled(), 'none is saved');
  check(await page.getByRole('radio', { name: /^Shareable/ }).isDisabled(), 'there is no registry');
  const json = page.getByLabel('Event JSON');
  await json.fill('{"pet": "Rex"}');
  await page.getByLabel(/^Event name/).fill('no blanks');
  await page.getByText('These are not 25 letters').waitFor();
  check(await button(page, 'Save').isDisabled(), 'a bad name is not saved');
  await page.getByLabel(/^Event name/).fill('a-pet');
  await button(page, 'Save').click();
  await page.getByText('Saved the test event a-pet in this browser.').waitFor();
  await audit(page, 'saved event', problems);
  await shot(page, 'saved-event');
  await page.reload();
  await page.getByRole('radio', { name: 'Create new event' }).waitFor();
  await json.fill('{}');
  await page.getByRole('radio', { name: 'Edit saved event (1)' }).check();
  check((await json.inputValue()) === '{"pet": "Rex"}', 'the event comes back');
  await button(page, 'Test').click();
  await page.getByText('Executing function: succeeded').waitFor();
  // Asynchronously: taken, not waited for.
  await page.getByRole('radio', { name: 'Asynchronous' }).check();
  await button(page, 'Test').click();
  await page.getByText('The event was accepted').waitFor();
  await button(page, 'Delete').click();
  check(await page.getByRole('radio', { name: 'Edit saved event (0)' }).isDisabled(), 'it is gone');
  // Ten are kept, not one more.
  for (let number = 0; number < 10; number += 1) {
    await page.getByRole('radio', { name: 'Create new event' }).check();
    await page.getByLabel(/^Event name/).fill(`event-${number}`);
    await button(page, 'Save').click();
    await page.getByRole('radio', { name: `Edit saved event (${number + 1})` }).waitFor();
  }
  await page.getByRole('radio', { name: 'Create new event' }).check();
  await page.getByLabel(/^Event name/).fill('event-10');
  check(await button(page, 'Save').isDisabled(), 'ten events are enough');
}

/** The button refuses calls; the concurrency's form lets them in again. */
async function throttle(page, go) {
  await go('/lambda/functions/pages?tab=configuration&page=concurrency');
  await button(page, 'Throttle').click();
  const dialog = page.getByRole('dialog');
  await audit(page, 'throttle', problems);
  await button(dialog, 'Throttle').click();
  await page.getByText('This function is throttled').waitFor();
  await page.getByText('Throttled: no execution is allowed').waitFor();
  await shot(page, 'throttled');
  await page.getByRole('tab', { name: 'Test' }).click();
  await page.getByRole('radio', { name: 'Synchronous', exact: true }).check();
  await button(page, 'Test').click();
  await page.getByText(/^TooManyRequestsException/).waitFor();
  await page.getByRole('link', { name: 'Edit its concurrency' }).click();
  await button(page, 'Edit').first().click();
  await dialog.getByRole('radio', { name: 'Use unreserved account concurrency' }).check();
  await button(dialog, 'Save').click();
  await page.getByText('This function is throttled').waitFor({ state: 'hidden' });
}

/** Of the other account: whether it is there, is told to nobody. */
const OTHER = 'arn:aws:lambda:us-east-1:222222222222:function:told';

/** Another function is told of failures; editing retries leaves it so. What is no function is refused. */
async function destinations(page, go) {
  const dialog = page.getByRole('dialog');
  await go('/lambda/functions/pages?tab=configuration&page=destinations');
  await button(page, 'Add destination').click();
  await dialog.getByRole('textbox', { name: 'Destination' }).fill('arn:aws:sqs:us-east-1:111111111111:queue');
  await button(dialog, 'Save').click();
  await dialog.getByText(/^InvalidParameterValueException/).waitFor();
  await dialog.getByRole('textbox', { name: 'Destination' }).fill(OTHER);
  await audit(page, 'add destination', problems);
  await button(dialog, 'AWS CLI command').click();
  shell(await dialog.getByRole('region', { name: 'AWS CLI command' }).innerText());
  await button(dialog, 'Cancel').click();
  await button(page, 'Refresh Destinations').click();
  await page.getByRole('row', { name: /On failure/ }).getByText(OTHER).waitFor();
  await go('/lambda/functions/pages?tab=configuration&page=async');
  await button(page, 'Edit').click();
  await dialog.getByLabel('Retry attempts').fill('1');
  await button(dialog, 'Save').click();
  await dialog.waitFor({ state: 'hidden' });
  await go('/lambda/functions/pages?tab=configuration&page=destinations');
  await page.getByRole('row', { name: /On failure/ }).getByText(OTHER).waitFor();
  await shot(page, 'destinations');
}

/** A statement is added, changed by the form, then by the form's commands. */
async function statements(page, go) {
  await go('/lambda/functions/pages?tab=configuration&page=permissions');
  await button(page, 'Add permissions').first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Statement ID').fill('edited');
  await dialog.getByLabel('Source ARN – optional').fill('arn:aws:execute-api:us-east-1:111111111111:abcdefghij/*/GET/');
  await audit(page, 'add permissions', problems);
  await shot(page, 'add-permissions');
  await button(dialog, 'Save').click();
  await page.getByText('Added statement edited.').waitFor();
  const row = page.getByRole('row', { name: /edited/ });
  await row.getByText('ArnLike AWS:SourceArn arn:aws:execute-api:us-east-1:111111111111:abcdefghij/*/GET/').waitFor();
  check(await button(page, 'Edit').isDisabled(), 'nothing is chosen');
  await page.getByRole('radio', { name: 'Select edited' }).check();
  await button(page, 'Edit').click();
  const arn = await dialog.getByLabel('Source ARN – optional').inputValue();
  check(arn.endsWith(':abcdefghij/*/GET/'), `the statement's own source: ${arn}`);
  await dialog.getByLabel('Source ARN – optional').fill(arn.replace('GET', 'POST'));
  await button(dialog, 'Save').click();
  await row.getByText(/abcdefghij\/\*\/POST\/$/).waitFor();
  // What AWS refuses leaves the statement that there was.
  await page.getByRole('radio', { name: 'Select edited' }).check();
  await button(page, 'Edit').click();
  await dialog.getByRole('radio', { name: /^AWS account/ }).check();
  await dialog.getByLabel('Principal', { exact: true }).fill('nobody at all');
  await button(dialog, 'Save').click();
  await dialog.getByText(/^(InvalidParameterValue|Validation)Exception/).waitFor();
  await dialog.getByLabel('Principal', { exact: true }).fill('222222222222');
  await button(dialog, 'AWS CLI command').click();
  const command = await dialog.getByRole('region', { name: 'AWS CLI command' }).innerText();
  await button(dialog, 'Cancel').click();
  await page.reload();
  await row.getByText(/abcdefghij\/\*\/POST\/$/).waitFor();
  shell(command);
  await button(page, 'Refresh Resource-based policy statements').click();
  await row.getByText('arn:aws:iam::222222222222:root').waitFor();
}

/** A version's workers are kept initialised: added, changed and removed. */
async function provisioned(page, go) {
  const dialog = page.getByRole('dialog');
  await go('/lambda/functions/pages?tab=versions');
  await button(page, 'Publish new version').click();
  await button(dialog, 'Publish').click();
  await page.getByRole('radio', { name: 'Select 1' }).waitFor();
  await go('/lambda/functions/pages?tab=configuration&page=concurrency');
  await button(page, 'Add configuration').click();
  check(await button(dialog, 'Save').isDisabled(), 'a version has to be chosen');
  await dialog.getByRole('button', { name: /^Alias or version/ }).click();
  check((await page.getByRole('option').count()) === 1, '$LATEST is no choice');
  await page.getByRole('option', { name: 'Version 1' }).click();
  await audit(page, 'provisioned concurrency', problems);
  await button(dialog, 'Save').click();
  await page.getByText('Ready', { exact: true }).waitFor();
  await shot(page, 'provisioned');
  await page.getByRole('radio', { name: 'Select 1' }).check();
  await button(page, 'Edit').last().click();
  await dialog.getByLabel('Provisioned concurrency').fill('100000');
  await button(dialog, 'Save').click();
  await dialog.getByText(/^InvalidParameterValueException/).waitFor();
  await button(dialog, 'Cancel').click();
  await button(page, 'Remove').click();
  await button(dialog, 'Delete').click();
  await page.getByText('No configurations').waitFor();
}

try {
  const page = await context.newPage();
  await signIn(page, 'api');
  await furnish(page);
  const session = new URL(page.url()).pathname.split('/').slice(0, 4).join('/');
  const go = async (path) => {
    await page.goto(url + session + path);
    await page.locator('h1').first().waitFor();
    await page.waitForLoadState('networkidle');
  };
  await events(page, go);
  await throttle(page, go);
  await statements(page, go);
  await destinations(page, go);
  await provisioned(page, go);
  const left = strangers(requests);
  check(left.length === 0, `requests that left the server: ${left.join(', ')}`);
  check(problems.length === 0, problems.join('\n'));
  console.log('ok: test events, throttling, statements, destinations, provisioned concurrency');
} catch (error) {
  for (const page of context.pages()) await shot(page, 'failed').catch(() => undefined);
  console.error([...new Set(problems)].join('\n'));
  throw error;
} finally {
  await browser.close();
}
