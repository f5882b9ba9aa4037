// How soon is a page there for a browser that was never here? Starts a server of its own; prints a table,
// writes console.svg, and fails when a median is over its bound.
//
//   cargo xtask build --release
//   node benches/console/run.mjs [--rounds 7]
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const root = resolve(import.meta.dirname, '../..');
const program = process.env.CROSSWAY_PROGRAM ?? join(root, 'target/release/crossway');
const given = process.argv.indexOf('--rounds');
const rounds = given < 0 ? 7 : Number(process.argv[given + 1]);

/** Milliseconds until something is painted, and until the data is there. */
const MOST = { paint: 1000, data: 1500 };

/** A page, and a text that it has only with its data. */
const PAGES = (things) => [
  ['home', '/', 'PetStore'],
  ['APIs', '/apigateway', 'PetStore'],
  ['resources', `/apigateway/apis/${things.api}/resources`, '/{petId}'],
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
  await page
    .getByText(text)
    .first()
    .waitFor()
    .catch(async () => {
      throw new Error(`${path} does not show ${text}, but: ${await page.locator('body').innerText()}`);
    });
  const data = performance.now() - start;
  const paint = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
  );
  await fresh.close();
  return { paint, data };
}

const median = (values) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];

/** Bars of the medians, with a line at either bound. */
function plot(rows) {
  const [left, wide, high] = [170, 560, 44];
  const most = Math.max(MOST.data, ...rows.flatMap(({ worst }) => [worst.paint, worst.data])) * 1.05;
  const x = (ms) => Math.round((ms / most) * wide);
  const bar = (ms, worst, y, colour) =>
    `<rect x="${left}" y="${y}" width="${x(ms)}" height="14" fill="${colour}"/>` +
    `<path d="M${left + x(ms)} ${y + 7}h${Math.max(0, x(worst) - x(ms))}" stroke="${colour}" stroke-width="2"/>` +
    `<text x="${left + x(worst) + 6}" y="${y + 11}">${Math.round(ms)}</text>`;
  const bound = (ms, word) =>
    `<path d="M${left + x(ms)} 40V${rows.length * high + 44}" stroke="#b00" stroke-dasharray="4 3"/>` +
    `<text x="${left + x(ms)}" y="34" text-anchor="middle" fill="#b00">${word} ${ms}</text>`;
  const lines = rows.map(({ name, middle, worst }, index) => {
    const y = 46 + index * high;
    const label = `<text x="${left - 10}" y="${y + 20}" text-anchor="end">${name}</text>`;
    const paint = bar(middle.paint, worst.paint, y, '#7aa9dd');
    return label + paint + bar(middle.data, worst.data, y + 17, '#0b63b8');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + wide + 90}" height="${rows.length * high + 56}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
<text x="10" y="16">milliseconds to the first paint (light) and to the data (dark): median, and to the worst a line</text>
${bound(MOST.paint, 'paint')}
${bound(MOST.data, 'data')}
${lines.join('\n')}
</svg>
`;
}

const of = (found, choose) => ({
  paint: choose(found.map((round) => round.paint)),
  data: choose(found.map((round) => round.data)),
});

try {
  const first = await context.newPage();
  await signIn(first, 'api');
  const pages = PAGES(await furnish(first));
  await first.close();
  console.log(`${availableParallelism()} processors, ${browser.version()}, ${rounds} rounds\n`);
  console.log('| page | paint ms, median | worst | data ms, median | worst |\n|---|---|---|---|---|');
  const rows = [];
  for (const [name, path, text] of pages) {
    const found = [];
    for (let round = 0; round < rounds; round += 1) found.push(await cold(path, text));
    const row = { name, middle: of(found, median), worst: of(found, (values) => Math.max(...values)) };
    rows.push(row);
    const figures = [row.middle.paint, row.worst.paint, row.middle.data, row.worst.data];
    console.log(`| ${name} | ${figures.map(Math.round).join(' | ')} |`);
  }
  writeFileSync(join(import.meta.dirname, 'console.svg'), plot(rows));
  for (const { name, middle } of rows) {
    for (const kind of ['paint', 'data']) {
      // A figure that was not to be had is not within its bound.
      if (!(middle[kind] <= MOST[kind])) {
        console.error(`${name}: ${kind} after ${middle[kind]} ms, more than ${MOST[kind]}`);
        process.exitCode = 1;
      }
    }
  }
} finally {
  await browser.close();
  server.kill('SIGTERM');
  await new Promise((done) => server.once('exit', done));
  rmSync(folder, { recursive: true, force: true });
}
