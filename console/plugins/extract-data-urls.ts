import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Plugin } from 'vite';

const FOLDER = resolve(import.meta.dirname, '../node_modules/.extracted');
const EXTENSIONS: Record<string, string> = {
  'font/woff2': 'woff2',
  'application/font-woff2': 'woff2',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/svg+xml': 'svg',
};

/** The file that holds what a data: URL holds; none for other types. */
function extract(url: string): string | undefined {
  const [, type = '', base64, data = ''] = /^data:([a-z0-9/+-]+)(?:;charset=[^;,]+)?(;base64)?,(.*)$/is.exec(url) ?? [];
  const extension = EXTENSIONS[type.toLowerCase()];
  if (!extension) return undefined;
  const bytes = base64 ? Buffer.from(data, 'base64') : Buffer.from(decodeURIComponent(data));
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const file = join(FOLDER, `${hash}.${extension}`);
  writeFileSync(file, bytes);
  return file;
}

/** Writes fonts and pictures that style sheets carry as data: URLs into files, because the
 * content security policy allows no data: source and because files are cached and compressed. */
export function extractDataUrls(): Plugin {
  return {
    name: 'extract-data-urls',
    enforce: 'pre',
    transform(code, id) {
      if (!id.split('?')[0]?.endsWith('.css') || !code.includes('data:')) return null;
      mkdirSync(FOLDER, { recursive: true });
      const extracted = code.replace(
        /url\(\s*(?:"(data:[^"]+)"|'(data:[^']+)'|(data:[^)]+))\s*\)/gi,
        (whole: string, ...quoted: (string | undefined)[]) => {
          const file = extract(quoted[0] ?? quoted[1] ?? quoted[2] ?? '');
          return file ? `url("${file}")` : whole;
        },
      );
      return { code: extracted, map: null };
    },
  };
}
