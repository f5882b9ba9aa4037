import type { RuntimeHere } from '../../api/host';

/** `Node.js 22.x`, `Java 8 on Amazon Linux 2`: what AWS's console calls a runtime. */
export function runtimeName(runtime: string | undefined): string {
  if (!runtime) return '–';
  const [, language = '', version = '', system] = /^([a-z]+)([\d.]+x?)?(?:\.(al2\w*))?$/.exec(runtime) ?? [];
  if (language === 'provided') return SYSTEMS[system ?? ''] ?? runtime;
  const name = LANGUAGES[language];
  if (!name) return runtime;
  return `${name} ${version}${system ? ` on ${SYSTEMS[system] ?? system}` : ''}`;
}

const SYSTEMS: Record<string, string> = { al2: 'Amazon Linux 2', al2023: 'Amazon Linux 2023' };
/** In the order in which AWS's console has them. */
const LANGUAGES: Record<string, string> = {
  nodejs: 'Node.js',
  python: 'Python',
  java: 'Java',
  ruby: 'Ruby',
  dotnet: '.NET',
  provided: '',
};

/** The latest of a language first, languages in AWS's order. */
export const inOrder = (runtimes: RuntimeHere[]): RuntimeHere[] =>
  [...runtimes].sort((one, other) => {
    const [mine, theirs] = [rank(one.runtime), rank(other.runtime)];
    return mine - theirs || other.runtime.localeCompare(one.runtime, 'en', { numeric: true });
  });

const rank = (runtime: string) =>
  Object.keys(LANGUAGES).indexOf(/^[a-z]+/.exec(runtime)?.[0] ?? '');

/** What the server says of a runtime, for a list to choose from. */
export function runtimeOption(here: RuntimeHere) {
  const { runtime, runs_on: version, exact, refused } = here;
  return {
    value: runtime,
    label: runtimeName(runtime),
    ...(refused === undefined ? {} : { disabled: true, disabledReason: refused }),
    ...(version === undefined || isOwn(runtime)
      ? {}
      : { description: exact ? `Runs on ${version}` : `Not installed: runs on ${version}` }),
  };
}

/** The package brings its own program. */
const isOwn = (runtime: string) => runtime.startsWith('provided');

/** Runtimes whose functions cannot begin with a few lines of text: they are compiled. */
export const needsPackage = (runtime: string) => isOwn(runtime) || /^(java|dotnet)/.test(runtime);

/** The latest Node.js that this host has, as AWS begins with its latest. */
export const firstChoice = (runtimes: RuntimeHere[]): string => {
  const ordered = inOrder(runtimes);
  const found = ordered.find(({ exact }) => exact) ?? ordered.find((one) => one.refused === undefined);
  return found?.runtime ?? '';
};

interface Start {
  file: string;
  handler: string;
  code: string;
}

const NODE: Start = {
  file: 'index.mjs',
  handler: 'index.handler',
  code: `export const handler = async (event) => {
  // TODO implement
  const response = {
    statusCode: 200,
    body: JSON.stringify('Hello from Lambda!'),
  };
  return response;
};
`,
};

const PYTHON: Start = {
  file: 'lambda_function.py',
  handler: 'lambda_function.lambda_handler',
  code: `import json

def lambda_handler(event, context):
    # TODO implement
    return {
        'statusCode': 200,
        'body': json.dumps('Hello from Lambda!')
    }
`,
};

const RUBY: Start = {
  file: 'lambda_function.rb',
  handler: 'lambda_function.lambda_handler',
  code: `require 'json'

def lambda_handler(event:, context:)
  # TODO implement
  { statusCode: 200, body: JSON.generate('Hello from Lambda!') }
end
`,
};

/** What a new function answers until its author writes something better. */
export const startOf = (runtime: string): Start =>
  runtime.startsWith('python') ? PYTHON : runtime.startsWith('ruby') ? RUBY : NODE;

/** The handler that a compiled function of AWS's examples has. */
export const handlerOf = (runtime: string): string =>
  runtime.startsWith('java')
    ? 'example.Hello::handleRequest'
    : isOwn(runtime)
      ? 'bootstrap'
      : startOf(runtime).handler;
