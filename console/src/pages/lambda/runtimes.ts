/** Runtimes that are offered, the latest first. */
export const RUNTIMES = [
  { value: 'nodejs24.x', label: 'Node.js 24.x' },
  { value: 'nodejs22.x', label: 'Node.js 22.x' },
  { value: 'nodejs20.x', label: 'Node.js 20.x' },
  { value: 'python3.14', label: 'Python 3.14' },
  { value: 'python3.13', label: 'Python 3.13' },
  { value: 'python3.12', label: 'Python 3.12' },
  { value: 'python3.11', label: 'Python 3.11' },
  { value: 'java25', label: 'Java 25' },
  { value: 'java21', label: 'Java 21' },
  { value: 'java17', label: 'Java 17' },
  { value: 'java11', label: 'Java 11' },
  { value: 'ruby4.0', label: 'Ruby 4.0' },
  { value: 'ruby3.4', label: 'Ruby 3.4' },
  { value: 'ruby3.3', label: 'Ruby 3.3' },
];

/** Those of a new function; what has to be compiled cannot begin with a few lines of text. */
export const NEW_RUNTIMES = RUNTIMES.map((one) =>
  one.value.startsWith('java')
    ? {
        ...one,
        disabled: true,
        disabledReason: 'Java is compiled: create the function with its jar by the AWS CLI',
      }
    : one,
);

export const runtimeName = (runtime: string | undefined): string =>
  RUNTIMES.find((one) => one.value === runtime)?.label ?? runtime ?? '–';

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
