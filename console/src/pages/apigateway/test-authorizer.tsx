import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { authorizerTest, type Authorizer, type AuthorizerTest } from '../../api/authorizers';
import { command } from '../../api/cli';
import { pretty } from '../../api/iam';
import { CodeBlock } from '../../ui/code-block';
import { Dialog } from '../../ui/dialog';
import { authorizerDraftOf, PLACES, type Source } from './authorizer-draft';

interface TestAuthorizerProps {
  api: string;
  authorizer: Authorizer;
  onClose: () => void;
}

/** Asks an authorizer about made-up identity and shows its decision and the log. */
export default function TestAuthorizer({ api, authorizer, onClose }: TestAuthorizerProps) {
  const draft = authorizerDraftOf(authorizer);
  const isRequest = authorizer.type === 'REQUEST';
  const sources = isRequest
    ? draft.sources
    : [{ place: PLACES[0]?.value ?? '', name: draft.tokenSource }];
  const [values, setValues] = useState<string[]>(() => sources.map(() => ''));
  const [result, setResult] = useState<AuthorizerTest>();
  const input = testInput(sources, values);
  const run = async () => {
    setResult(undefined);
    setResult(await authorizerTest(api, authorizer.id, input));
  };
  return (
    <Dialog
      title={`Test authorizer ${authorizer.name}`}
      verb="Test authorizer"
      size="large"
      staysOpen
      run={run}
      onClose={onClose}
      cli={command('apigateway', 'test-invoke-authorizer', {
        'rest-api-id': api,
        'authorizer-id': authorizer.id,
        headers: json(input.headers),
        'path-with-query-string': input.pathWithQueryString,
        'stage-variables': json(input.stageVariables),
        'additional-context': json(input.additionalContext),
      })}
    >
      {sources.map((one, at) => (
        <FormField
          key={one.place + one.name}
          label={isRequest ? one.name : 'Token'}
          description={isRequest ? label(one) : `authorizationToken, from header ${one.name}`}
        >
          <Input
            value={values[at] ?? ''}
            onChange={({ detail }) =>
              setValues(values.map((old, index) => (index === at ? detail.value : old)))
            }
          />
        </FormField>
      ))}
      {result && <Result result={result} />}
    </Dialog>
  );
}

const label = (source: Source) => PLACES.find(({ value }) => value === source.place)?.label;

const json = (map: Record<string, string>) =>
  Object.keys(map).length > 0 ? JSON.stringify(map) : undefined;

function testInput(sources: Source[], values: string[]) {
  const at = (place: string) =>
    Object.fromEntries(
      sources
        .map((one, index) => [one, values[index] ?? ''] as const)
        .filter(([one, value]) => one.place === place && one.name !== '' && value !== '')
        .map(([one, value]) => [one.name, value]),
    );
  const query = new URLSearchParams(at('method.request.querystring.')).toString();
  return {
    headers: at('method.request.header.'),
    pathWithQueryString: query ? `/?${query}` : '/',
    stageVariables: at('stageVariables.'),
    additionalContext: at('context.'),
  };
}

function Result({ result }: { result: AuthorizerTest }) {
  return (
    <SpaceBetween size="m">
      <KeyValuePairs
        columns={3}
        items={[
          { label: 'Response code', value: result.clientStatus },
          { label: 'Latency (ms)', value: result.latency },
          { label: 'Principal', value: result.principalId || '–' },
        ]}
      />
      {result.policy && (
        <>
          <Box variant="h4">Policy</Box>
          <CodeBlock text={pretty(result.policy)} label="policy" />
        </>
      )}
      {result.claims && (
        <>
          <Box variant="h4">Claims</Box>
          <CodeBlock text={JSON.stringify(result.claims, null, 2)} label="claims" />
        </>
      )}
      {result.authorization && (
        <>
          <Box variant="h4">Authorization</Box>
          <CodeBlock text={JSON.stringify(result.authorization, null, 2)} label="authorization" />
        </>
      )}
      <Box variant="h4">Log</Box>
      <CodeBlock text={result.log ?? ''} label="log" tall />
    </SpaceBetween>
  );
}
