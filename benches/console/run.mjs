// How soon is a page there for a browser that was never here? Starts a server of its own; prints a table.
//
//   cargo xtask build --release
//   node benches/console/run.mjs [--rounds 7]
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const root = resolve(import.meta.dirname, '../..');
const program = process.env.CROSSWAY_PROGRAM ?? join(root, 'target/release/crossway');
const given = process.argv.indexOf('--rounds');
const rounds = given < 0 ? 7 : Number(process.argv[given + 1]);

/** A page, and a text that it has only with its data. */
const PAGES = (things) => [
  ['home', '/', 'PetStore'],
  ['APIs', '/apigateway', 'PetStore'],
  ['resources', `/apigateway/apis/${things.api}/resources`, '{petId}'],
  ['method', `/apigateway/apis/${things.api}/resources?resource=${things.root}&method=GET`, 'Mock integration'],
  ['stages', `/apigateway/apis/${things.api}/stages`, 'Invoke URL'],
  ['functions', '/lambda', 'pages'],
  ['function, code editor', '/lambda/functions/pages', 'export const handler'],
  ['log groups', '/logs', '/aws/lambda/pages'],
  ['roles', '/iam/roles', 'pages'],
];

const folder = mkdtempSync(join(tmpdir(), 'crossway-bench-'));
const server = spawn(program, ['dev', '--port', '0', '--ephemeral', '--data-dir', folder], {
  stdio: ['ignore', 'pipe', 'ignore'],
});
const url = await new Promise((done, fail) => {
  server.once('exit', () => fail(new Error(`${program} ended`)));
  createInterface({ input: server.stdout }).on('line', (line) => {
    const [, found] = /^crossway ready: (.*)$/.exec(line) ?? [];
    if (found) done(found);
  });
});
process.env.CROSSWAY_URL = url;
const { open, signIn } = await import('../../console/test/browser.mjs');
const { furnish } = await import('../../console/test/furnish.mjs');
const { browser, context } = await open();

/** First contentful paint, and when the page shows its data, in milliseconds. */
async function cold(path, text) {
  const fresh = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await fresh.request.post(`${url}/console/sign-in`, {
    headers: { 'x-crossway-console': '1' },
    data: { session: 0, account: '111111111111' },
  });
  const page = await fresh.newPage();
  const start = performance.now();
  await page.goto(`${url}/console/s/0${path}`, { waitUntil: 'commit' });
  await page.getByText(text).first().waitFor();
  const data = performance.now() - start;
  const paint = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
  );
  await fresh.close();
  return { paint, data };
}

const median = (values) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];

try {
  const first = await context.newPage();
  await signIn(first, 'api');
  const pages = PAGES(await furnish(first));
  await first.close();
  console.log('| page | paint ms, median | worst | data ms, median | worst |\n|---|---|---|---|---|');
  for (const [name, path, text] of pages) {
    const found = [];
    for (let round = 0; round < rounds; round += 1) found.push(await cold(path, text));
    const figures = ['paint', 'data'].flatMap((one) => {
      const values = found.map((round) => round[one]);
      return [median(values), Math.max(...values)].map(Math.round);
    });
    console.log(`| ${name} | ${figures.join(' | ')} |`);
  }
} finally {
  await browser.close();
  server.kill('SIGTERM');
  await new Promise((done) => server.once('exit', done));
  rmSync(folder, { recursive: true, force: true });
}
