// axe, in light and dark.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds on the page; its script comes from outside the page's policy. */
export async function audit(page, name, problems) {
  await page.evaluate(axe);
  const found = await page.evaluate(async (tags) => {
    const said = ({ violations }, look) =>
      violations.map((one) => `${look} ${one.id}: ${one.nodes[0]?.html.slice(0, 200)}`);
    const light = await window.axe.run(document, { runOnly: { type: 'tag', values: tags } });
    // Dark differs in its colours alone.
    document.body.classList.add('awsui-dark-mode');
    document.documentElement.style.colorScheme = 'dark';
    await new Promise((done) => setTimeout(done, 120));
    const dark = await window.axe.run(document, { runOnly: ['color-contrast'] });
    document.body.classList.remove('awsui-dark-mode');
    document.documentElement.style.colorScheme = '';
    return [...said(light, 'light'), ...said(dark, 'dark')];
  }, TAGS);
  for (const one of found) problems.push(`axe on ${name}: ${one}`);
}
