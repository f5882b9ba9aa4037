// How many bytes of the site's files a browser that was never here fetches for each page: with gzip as
// the server sends them, and with brotli as they would be. Held to bounds; the figures are printed, with
// what AWS's APIs answered beside them.
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { open, signIn, url } from './browser.mjs';
import { furnish } from './furnish.mjs';
import { pagesOf } from './pages-list.mjs';

const KB = 1024;
/** Where people start; any other page; a page with the code editor. By gzip and by brotli. */
const FIRST = { gzip: 475 * KB, brotli: 400 * KB };
const OTHER = { gzip: 550 * KB, brotli: 475 * KB };
const EDITOR = { gzip: 775 * KB, brotli: 700 * KB };
const BOUNDS = { home: FIRST, apis: FIRST, 'sign-in': FIRST, 'function-code': EDITOR };

/** One page a route: tabs and other choices of a page bring few bytes of their own. */
const SKIPPED = /^(import-api|usage-plan-(keys|stages)|method-re|integration-|stage-method|documentation-|function-(?!code|monitor|general)|user-|group-)/;

const { browser, context } = await open();
const packed = new Map();

/** A file of the site as either packs it, by the build's level; fonts are packed already. */
async function packings(address) {
  const known = packed.get(address);
  if (known !== undefined) return known;
  const response = await fetch(address);
  const isText = /javascript|css|html|json|svg/.test(response.headers.get('content-type') ?? '');
  const bytes = Buffer.from(await response.arrayBuffer());
  const sizes = isText
    ? { gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes).length }
    : { gzip: bytes.length, brotli: bytes.length };
  packed.set(address, sizes);
  return sizes;
}

/** Bytes of a page for a fresh browser: of the site's files, and of AWS's answers. */
async function cold(path) {
  const fresh = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  if (path !== undefined) {
    await fresh.request.post(`${url}/console/sign-in`, {
      headers: { 'x-crossway-console': '1' },
      data: { session: 0, account: '111111111111' },
    });
  }
  const page = await fresh.newPage();
  const network = await fresh.newCDPSession(page);
  await network.send('Network.enable');
  const files = new Map();
  network.on('Network.requestWillBeSent', (one) => files.set(one.requestId, one.request.url));
  const sizes = new Map();
  network.on('Network.loadingFinished', (one) => {
    sizes.set(one.requestId, one.encodedDataLength);
  });
  await page.goto(path === undefined ? `${url}/console/sign-in` : `${url}/console/s/0${path}`);
  await page.locator('h1').first().waitFor();
  await page.waitForLoadState('networkidle');
  const found = { files: 0, gzip: 0, brotli: 0, answers: 0 };
  for (const [id, size] of sizes) {
    const address = files.get(id) ?? '';
    if (/^\/console\/(s\/\d+\/api\/|sign-in\/)/.test(new URL(address).pathname)) {
      found.answers += size;
      continue;
    }
    found.files += 1;
    const { gzip, brotli } = await packings(address);
    found.gzip += gzip;
    found.brotli += brotli;
  }
  await fresh.close();
  return found;
}

try {
  const page = await context.newPage();
  await signIn(page, 'api');
  const things = await furnish(page);
  const pages = pagesOf(things).filter(([name]) => !SKIPPED.test(name));
  const problems = [];
  console.log('page                 files  gzip KB  brotli KB  answers KB');
  for (const [name, path] of [['sign-in', undefined], ...pages]) {
    const found = await cold(path);
    const most = BOUNDS[name] ?? OTHER;
    const kb = (bytes) => String(Math.round(bytes / KB));
    console.log(`${name.padEnd(20)} ${String(found.files).padStart(5)}  ${kb(found.gzip).padStart(7)}  ${kb(found.brotli).padStart(9)}  ${kb(found.answers).padStart(10)}`);
    for (const form of ['gzip', 'brotli']) {
      if (found[form] > most[form]) problems.push(`${name} is ${kb(found[form])} KB with ${form}, more than ${kb(most[form])}`);
    }
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  console.log('ok: sizes');
} finally {
  await browser.close();
}
