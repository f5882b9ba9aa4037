import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';

/** A function's files: texts to edit, other files as they are. */
export type Files = Record<string, string | Uint8Array>;

/** Files that the editor does not open: AWS's console draws the same line. */
export const EDITABLE_BYTES_MAX = 3 * 1024 * 1024;

/** A zip file in Base64, as UpdateFunctionCode takes it. */
export function packed(files: Files): string {
  const bytes = zipSync(
    Object.fromEntries(
      Object.entries(files).map(([name, content]) => [
        name,
        typeof content === 'string' ? strToU8(content) : content,
      ]),
    ),
  );
  return base64(bytes);
}

export function base64(bytes: Uint8Array): string {
  let text = '';
  // In parts: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text);
}

/** The files in a zip file; what is no UTF-8 stays bytes. */
export function unpacked(zip: Uint8Array): Files {
  const files: Files = {};
  for (const [name, bytes] of Object.entries(unzipSync(zip))) {
    if (!name.endsWith('/')) files[name] = textOf(bytes) ?? bytes;
  }
  return files;
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : strFromU8(bytes);
  } catch {
    return undefined;
  }
}
