// A headless Chromium that hears everything that goes wrong in a page.
import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';

export const url = process.env.CROSSWAY_URL ?? 'http://127.0.0.1:4566';
const shots = process.env.CROSSWAY_SHOTS;
const ONLY_HERE =
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost';

/** A browser that finds this machine alone, unless other rules say otherwise. */
export async function open(options = {}, rules = [ONLY_HERE]) {
  const executablePath = process.env.CROSSWAY_CHROMIUM ?? '/usr/bin/chromium';
  const args = ['--no-sandbox', ...rules];
  const browser = await chromium.launch({ executablePath, args });
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    // Colours that change by and by are neither of the two that they change between.
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(15_000);
  const problems = [];
  const requests = [];
  context.on('console', (message) => {
    // A refused call is told by the page; that its status is logged is the browser's doing.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) {
      problems.push(`console: ${message.text()} at ${message.location().url}`);
    }
  });
  context.on('weberror', (error) => problems.push(`page: ${error.error()}`));
  context.on('request', (request) => {
    requests.push(request.url());
  });
  return { browser, context, problems, requests };
}

/** Signs the page in to an account of the developer profile by one click. */
export async function signIn(page, alias) {
  await page.goto(`${url}/console/sign-in`);
  await page.getByRole('button', { name: new RegExp(`^Sign in to ${alias} `) }).click();
  await page.getByRole('heading', { name: `Account ${alias}` }).waitFor();
}

let number = 0;

/** A picture of the page, kept when a folder for pictures is named. */
export async function shot(page, name) {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  number += 1;
  await page.screenshot({ path: `${shots}/${String(number).padStart(2, '0')}-${name}.png` });
}

export function check(isTrue, text) {
  if (!isTrue) throw new Error(text);
}

/** Requests that left the server's own addresses. */
export function strangers(requests) {
  const port = new URL(url).port;
  return requests.filter((one) => {
    const found = new URL(one);
    const isOurs = found.hostname === '127.0.0.1' || found.hostname.endsWith('localhost');
    return !(isOurs && found.port === port) && found.protocol !== 'blob:' && found.protocol !== 'data:';
  });
}
