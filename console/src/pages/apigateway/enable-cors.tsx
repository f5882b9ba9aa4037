import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import * as apigateway from '../../api/apigateway';
import type { Resource } from '../../api/apigateway';
import { useFlash } from '../../shell/flash';
import { Dialog } from '../../ui/dialog';

const HEADERS = 'Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token';

interface CorsAnswer {
  methods: string[];
  headers: string;
  origin: string;
}

/** An OPTIONS method that answers preflight requests by itself, as AWS's console makes it. */
export async function preflight(api: string, resource: Resource, cors: CorsAnswer): Promise<void> {
  const of = [api, resource.id, 'OPTIONS'] as const;
  if (resource.resourceMethods?.['OPTIONS']) await apigateway.methodDelete(...of);
  await apigateway.methodPut(...of, { authorizationType: 'NONE' });
  const header = (name: string) => `method.response.header.Access-Control-Allow-${name}`;
  await apigateway.methodResponsePut(...of, '200', {
    responseModels: { 'application/json': 'Empty' },
    responseParameters: Object.fromEntries(
      ['Headers', 'Methods', 'Origin'].map((name) => [header(name), false]),
    ),
  });
  await apigateway.integrationPut(...of, {
    type: 'MOCK',
    requestTemplates: { 'application/json': '{"statusCode": 200}' },
    passthroughBehavior: 'WHEN_NO_MATCH',
  });
  await apigateway.integrationResponsePut(...of, '200', {
    responseParameters: {
      [header('Headers')]: `'${cors.headers}'`,
      [header('Methods')]: `'${cors.methods.join(',')}'`,
      [header('Origin')]: `'${cors.origin}'`,
    },
  });
}

/** Adds the allowed origin to a method's 200 response; proxy integrations answer by themselves. */
async function allowOrigin(api: string, resource: Resource, verb: string, origin: string) {
  const method = resource.resourceMethods?.[verb];
  const integration = method?.methodIntegration;
  const answer = integration?.integrationResponses?.['200'];
  if (!answer || integration?.type.endsWith('_PROXY')) return;
  const name = 'method.response.header.Access-Control-Allow-Origin';
  const response = method?.methodResponses?.['200'];
  await apigateway.methodResponseDelete(api, resource.id, verb, '200').catch(() => undefined);
  await apigateway.methodResponsePut(api, resource.id, verb, '200', {
    responseModels: response?.responseModels ?? {},
    responseParameters: { ...response?.responseParameters, [name]: false },
  });
  await apigateway.integrationResponsePut(api, resource.id, verb, '200', {
    ...answer,
    statusCode: undefined,
    responseParameters: { ...answer.responseParameters, [name]: `'${origin}'` },
  });
}

interface EnableCorsProps {
  api: string;
  resource: Resource;
  onDone: () => void;
  onClose: () => void;
}

export default function EnableCors({ api, resource, onDone, onClose }: EnableCorsProps) {
  const flash = useFlash();
  const verbs = Object.keys(resource.resourceMethods ?? {}).filter((verb) => verb !== 'OPTIONS');
  const [methods, setMethods] = useState(verbs);
  const [headers, setHeaders] = useState(HEADERS);
  const [origin, setOrigin] = useState('*');
  const run = async () => {
    await preflight(api, resource, { methods: [...methods, 'OPTIONS'], headers, origin });
    for (const verb of methods) await allowOrigin(api, resource, verb, origin);
    flash.success(`Enabled CORS on ${resource.path}.`);
  };
  return (
    <Dialog title="Enable CORS" verb="Save" run={run} onDone={onDone} onClose={onClose}>
      <FormField label="Access-Control-Allow-Methods">
        <SpaceBetween direction="horizontal" size="m">
          <Checkbox checked disabled>
            OPTIONS
          </Checkbox>
          {verbs.map((verb) => (
            <Checkbox
              key={verb}
              checked={methods.includes(verb)}
              onChange={({ detail }) =>
                setMethods(
                  detail.checked ? [...methods, verb] : methods.filter((one) => one !== verb),
                )
              }
            >
              {verb}
            </Checkbox>
          ))}
        </SpaceBetween>
      </FormField>
      <FormField label="Access-Control-Allow-Headers">
        <Input value={headers} onChange={({ detail }) => setHeaders(detail.value)} />
      </FormField>
      <FormField label="Access-Control-Allow-Origin">
        <Input value={origin} onChange={({ detail }) => setOrigin(detail.value)} />
      </FormField>
    </Dialog>
  );
}
