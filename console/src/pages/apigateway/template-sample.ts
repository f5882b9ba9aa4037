import type { RenderInput } from '../../api/render';
import { jsonError } from '../../ui/json-field';

/** Where a template is written: what its sample starts from. */
export interface TemplatePlace {
  api: string;
  path: string;
  verb: string;
  side: 'request' | 'response';
}

/** A request or answer that was made up to try a template with. */
export interface Sample {
  body: string;
  /** Parameters, stage variables and `$context`, as JSON. */
  around: string;
}

type Json = Record<string, unknown>;

const AROUND = ['path', 'querystring', 'header', 'stageVariables', 'context'];

export function sampleOf({ path, verb }: TemplatePlace): Sample {
  const names = [...path.matchAll(/\{([^}+]+)\+?\}/g)].map((found) => found[1] ?? '');
  const around = {
    path: Object.fromEntries(names.map((name) => [name, '1'])),
    querystring: {},
    header: { 'Content-Type': 'application/json' },
    stageVariables: {},
    context: {
      httpMethod: verb === 'ANY' ? 'GET' : verb,
      resourcePath: path,
      stage: 'test',
      identity: { sourceIp: '192.0.2.1' },
    },
  };
  return { body: '{\n  "id": 1,\n  "name": "example"\n}', around: JSON.stringify(around, null, 2) };
}

/** Why what stands around the body cannot be sent; nothing when it can. */
export function aroundError(text: string): string | undefined {
  const error = jsonError(text);
  if (error || !text.trim()) return error;
  const given: unknown = JSON.parse(text);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return 'This is no JSON object.';
  }
  const strange = Object.keys(given).find((name) => !AROUND.includes(name));
  return strange ? `There is no ${strange}; there are ${AROUND.join(', ')}.` : undefined;
}

/** What is sent; `around` was found to be in order. */
export function renderInput(api: string, template: string, sample: Sample): RenderInput {
  const around = (sample.around.trim() ? JSON.parse(sample.around) : {}) as Json;
  const part = (name: string) => (around[name] ?? {}) as Json;
  return {
    template,
    restApiId: api || undefined,
    body: sample.body,
    path: texts(part('path')),
    querystring: lists(part('querystring')),
    header: lists(part('header')),
    stageVariables: texts(part('stageVariables')),
    context: flat(part('context'), ''),
    trace: true,
  };
}

const word = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

const texts = (map: Json): Record<string, string> =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [name, word(value)]));

const lists = (map: Json): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(map).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(word) : [word(value)],
    ]),
  );

/** `{identity: {sourceIp: …}}` as `{'identity.sourceIp': …}`. */
function flat(map: Json, before: string): Record<string, string> {
  const pairs = Object.entries(map).flatMap(([name, value]): Array<[string, string]> => {
    const whole = before + name;
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (isGroup) return Object.entries(flat(value as Json, `${whole}.`));
    return value === null ? [] : [[whole, word(value)]];
  });
  return Object.fromEntries(pairs);
}
