/** Runtimes that are offered, the latest first. */
export const RUNTIMES = [
  { value: 'nodejs24.x', label: 'Node.js 24.x' },
  { value: 'nodejs22.x', label: 'Node.js 22.x' },
  { value: 'nodejs20.x', label: 'Node.js 20.x' },
  { value: 'python3.14', label: 'Python 3.14' },
  { value: 'python3.13', label: 'Python 3.13' },
  { value: 'python3.12', label: 'Python 3.12' },
  { value: 'python3.11', label: 'Python 3.11' },
];

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

/** What a new function answers until its author writes something better. */
export const startOf = (runtime: string): Start => (runtime.startsWith('python') ? PYTHON : NODE);
