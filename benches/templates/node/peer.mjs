// velocityjs with API Gateway's objects, for the bench. One JSON object a line in, one a line out:
// {"template", "context", "body", "params", "rounds"} gives {"nanos", "output"}.
//
// It has an easy task: the body is read by V8's own JSON parser, and its paths are walked by a few
// lines that know nothing but names and indexes, where the others run a JSONPath engine.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";

// The package stands where the caller's working folder has it.
const { Compile, parse } = createRequire(`${process.cwd()}/`)("velocityjs");

const paths = new Map();

function compiled(path) {
  let steps = paths.get(path);
  if (!steps) {
    steps = [...path.slice(1).matchAll(/\.([\w-]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index));
    paths.set(path, steps);
  }
  return steps;
}

class Input {
  constructor(body, params) {
    this.body = body;
    this.parameters = params;
  }

  path(path) {
    this.document ??= JSON.parse(this.body);
    let value = this.document;
    for (const step of compiled(path)) value = value?.[step];
    return value;
  }

  json(path) {
    return JSON.stringify(this.path(path)) ?? '""';
  }

  params(name) {
    const { path, querystring, header } = this.parameters;
    return path[name] ?? querystring[name] ?? header[name] ?? "";
  }
}

const escapes = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f" };
const util = {
  escapeJavaScript: (text) =>
    String(text).replace(
      /["'\\/]|[^ -\x7f]/g,
      (c) => escapes[c] ?? (c >= " " && c <= "\x7f" ? `\\${c}` : `\\u${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`),
    ),
};

const templates = new Map();

function bench({ template: source, context, body, params, rounds }) {
  let template = templates.get(source);
  if (!template) templates.set(source, (template = parse(source)));
  let output = "";
  const start = process.hrtime.bigint();
  for (let round = 0; round < rounds; round += 1) {
    output = new Compile(template).render({ ...context, input: new Input(body, params), util });
  }
  return { nanos: Number(process.hrtime.bigint() - start), output };
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = bench(JSON.parse(line));
  } catch (problem) {
    answer = { error: String(problem) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
