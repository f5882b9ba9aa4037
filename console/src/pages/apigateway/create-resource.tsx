import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import { methodPut, resourceCreate, type Resource } from '../../api/apigateway';
import { command } from '../../api/cli';
import { useFlash } from '../../shell/flash';
import { AsCli } from '../../ui/as-cli';
import { Dialog } from '../../ui/dialog';
import { CORS, preflightSteps, runSteps } from './cors-steps';

/** Stands for the id that the first command answers. */
const NEW_ID = 'RESOURCE_ID';

/** What a method `ANY` answers. */
const PROXIED = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

interface CreateResourceProps {
  api: string;
  all: Resource[];
  parent: Resource;
  onDone: (made: Resource) => void;
  onClose: () => void;
}

/** `Create resource`. A proxy resource gets the method ANY, still without integration. */
export default function CreateResource({ api, all, parent, onDone, onClose }: CreateResourceProps) {
  const flash = useFlash();
  const [isProxy, setProxy] = useState(false);
  const [parentId, setParentId] = useState(parent.id);
  const [name, setName] = useState('');
  const [hasCors, setCors] = useState(false);
  const options = all.map((one) => ({ value: one.id, label: one.path }));
  const cors = { ...CORS, methods: isProxy ? PROXIED : CORS.methods };
  const run = async () => {
    const made = await resourceCreate(api, parentId, name);
    if (isProxy) await methodPut(api, made.id, 'ANY', { authorizationType: 'NONE' });
    if (hasCors) {
      await runSteps(preflightSteps(api, made, cors));
    }
    flash.success(`Successfully created resource '${made.path}'.`);
    onDone(made);
  };
  return (
    <Dialog
      title="Create resource"
      verb="Create resource"
      isReady={name !== ''}
      run={run}
      onClose={onClose}
    >
      <Toggle
        checked={isProxy}
        description="Sends requests of every path below to the same integration."
        onChange={({ detail }) => {
          setProxy(detail.checked);
          setName(detail.checked ? '{proxy+}' : '');
        }}
      >
        Proxy resource
      </Toggle>
      <FormField label="Resource path">
        <Select
          options={options}
          selectedOption={options.find((one) => one.value === parentId) ?? null}
          onChange={({ detail }) => setParentId(detail.selectedOption.value ?? parent.id)}
        />
      </FormField>
      <FormField label="Resource name" description="Such as helloworld, or {city} for a variable.">
        <Input value={name} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <Toggle
        checked={hasCors}
        description="Creates an OPTIONS method that lets web pages of every origin call."
        onChange={({ detail }) => setCors(detail.checked)}
      >
        CORS (Cross Origin Resource Sharing)
      </Toggle>
      <AsCli
        text={[
          command('apigateway', 'create-resource', {
            'rest-api-id': api,
            'parent-id': parentId,
            'path-part': name || 'NAME',
          }),
          ...(isProxy
            ? [
                command('apigateway', 'put-method', {
                  'rest-api-id': api,
                  'resource-id': NEW_ID,
                  'http-method': 'ANY',
                  'authorization-type': 'NONE',
                }),
              ]
            : []),
          ...(hasCors
            ? preflightSteps(api, { id: NEW_ID, path: '' }, cors).map(({ cli }) => cli)
            : []),
        ].join('\n')}
      />
    </Dialog>
  );
}
