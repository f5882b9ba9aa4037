import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { testInvoke, type TestResult } from '../../api/apigateway';
import { command } from '../../api/cli';
import { pretty } from '../../api/iam';
import { describe } from '../../shell/flash';
import { AsCli } from '../../ui/as-cli';
import { CodeBlock } from '../../ui/code-block';
import { CertificateField } from './certificate-field';
import type { MethodPart } from './method-part';

/** `Name:value` lines. */
function headersOf(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.includes(':'));
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    }),
  );
}

/** Runs the method as it is edited, deployed or not, and shows what happened step by step. */
export function TestMethod({ api, resource, method }: MethodPart) {
  const names = [...resource.path.matchAll(/\{([^}]+)\}/g)].map((found) => found[1] ?? '');
  const uri = method.methodIntegration?.uri ?? '';
  const variableNames = [...uri.matchAll(/stageVariables\.(\w+)/g)].map((found) => found[1] ?? '');
  const [path, setPath] = useState<Record<string, string>>({});
  const [query, setQuery] = useState('');
  const [headers, setHeaders] = useState('');
  const [variables, setVariables] = useState<Record<string, string>>({});
  const [body, setBody] = useState('');
  const [certificate, setCertificate] = useState('');
  const [result, setResult] = useState<TestResult>();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const verb = method.httpMethod;
  const isHttp = method.methodIntegration?.type?.startsWith('HTTP') ?? false;
  const hasBody = verb !== 'GET' && verb !== 'HEAD';
  const filled = resource.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
    (path[name] ?? '').split('/').map(encodeURIComponent).join('/'),
  );
  const whole = query ? `${filled}?${query}` : filled;
  const run = () => {
    setBusy(true);
    setError(undefined);
    testInvoke(api, resource.id, verb, {
      pathWithQueryString: whole,
      headers: headersOf(headers),
      ...(hasBody && body ? { body } : {}),
      ...(certificate ? { clientCertificateId: certificate } : {}),
      ...(variableNames.length > 0 ? { stageVariables: variables } : {}),
    })
      .then(setResult, setError)
      .finally(() => setBusy(false));
  };
  const boxes = (
    all: string[],
    values: Record<string, string>,
    set: (values: Record<string, string>) => void,
  ) =>
    all.map((name) => (
      <FormField key={name} label={name}>
        <Input
          value={values[name] ?? ''}
          onChange={({ detail }) => set({ ...values, [name]: detail.value })}
        />
      </FormField>
    ));
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            variant="h3"
            description="Runs what you see here, deployed or not, without authorization."
          >
            Test method
          </Header>
        }
      >
        <SpaceBetween size="m">
          {boxes(names, path, setPath)}
          <FormField stretch label="Query strings">
            <Input
              value={query}
              placeholder="param1=value1&param2=value2"
              onChange={({ detail }) => setQuery(detail.value)}
            />
          </FormField>
          <FormField
            stretch
            label="Headers"
            description="One a line: the name, a colon, the value, no quotes."
          >
            <Textarea
              className="mono"
              rows={2}
              value={headers}
              onChange={({ detail }) => setHeaders(detail.value)}
            />
          </FormField>
          {boxes(variableNames, variables, setVariables)}
          {isHttp && <CertificateField value={certificate} onChange={setCertificate} />}
          {hasBody && (
            <FormField stretch label="Request body">
              <Textarea
                className="mono"
                rows={5}
                spellcheck={false}
                value={body}
                onChange={({ detail }) => setBody(detail.value)}
              />
            </FormField>
          )}
          <Button variant="primary" loading={isBusy} onClick={run}>
            Test
          </Button>
        </SpaceBetween>
      </Container>
      {error !== undefined && <Alert type="error">{describe(error)}</Alert>}
      {result && <Result title={`${resource.path} - ${verb} method test results`} path={whole} result={result} />}
      <AsCli
        text={command('apigateway', 'test-invoke-method', {
          'rest-api-id': api,
          'resource-id': resource.id,
          'http-method': verb,
          'path-with-query-string': whole,
          headers: headers ? JSON.stringify(headersOf(headers)) : undefined,
          'stage-variables': variableNames.length > 0 ? JSON.stringify(variables) : undefined,
          'client-certificate-id': certificate || undefined,
          body: hasBody ? body : undefined,
        })}
      />
    </SpaceBetween>
  );
}

function Result({ title, path, result }: { title: string; path: string; result: TestResult }) {
  const isDenied = result.log.includes('Invalid permissions on Lambda function');
  return (
    <Container header={<Header variant="h3">{title}</Header>}>
      <SpaceBetween size="m">
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'Request', value: path },
            { label: 'Latency (ms)', value: result.latency },
            { label: 'Status', value: <b>{result.status}</b> },
          ]}
        />
        {isDenied && (
          <Alert type="warning" header="The function’s policy does not allow this call">
            The owner of the function has to add the permission: the tab Integration request shows
            whether it is in place, and editing the integration shows the command.
          </Alert>
        )}
        <Box variant="h4">Response body</Box>
        <CodeBlock text={pretty(result.body ?? '')} label="response body" tall />
        <Box variant="h4">Response headers</Box>
        <CodeBlock text={JSON.stringify(result.headers ?? {}, null, 2)} label="response headers" />
        <Box variant="h4">Log</Box>
        <CodeBlock text={result.log} label="log" tall />
      </SpaceBetween>
    </Container>
  );
}
