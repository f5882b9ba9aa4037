/** A part of an exported OpenAPI document; what it holds is looked at member by member. */
export type Json = { [name: string]: unknown };

export const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

export const text = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : stable(value);

/** JSON with members in one order, so that equal values are equal texts. */
export function stable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stable).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).filter(([, one]) => one !== null && one !== undefined);
  const sorted = pairs.sort(([one], [other]) => one.localeCompare(other));
  return `{${sorted.map(([name, one]) => `${JSON.stringify(name)}:${stable(one)}`).join(', ')}}`;
}

/** A map as a text; nothing for an empty one. */
export const mapText = (value: unknown): string =>
  Object.keys(object(value)).length === 0 ? '' : stable(value);

/** JSON text as a value; the text itself where it is none. */
export function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
