/** Events to start from. */
export const EVENTS: Record<string, string> = {
  'hello-world': JSON.stringify({ key1: 'value1', key2: 'value2', key3: 'value3' }, null, 2),
  'apigateway-aws-proxy': JSON.stringify(
    {
      resource: '/helloworld',
      path: '/helloworld',
      httpMethod: 'GET',
      headers: { day: 'Thursday' },
      multiValueHeaders: { day: ['Thursday'] },
      queryStringParameters: { name: 'John', city: 'Seattle' },
      multiValueQueryStringParameters: { name: ['John'], city: ['Seattle'] },
      pathParameters: null,
      stageVariables: null,
      requestContext: { resourcePath: '/helloworld', httpMethod: 'GET', stage: 'test' },
      body: '{"time":"evening"}',
      isBase64Encoded: false,
    },
    null,
    2,
  ),
  empty: '{}',
};
