import Checkbox from '@cloudscape-design/components/checkbox';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Resource } from '../../api/apigateway';
import { useFlash } from '../../shell/flash';
import { Dialog } from '../../ui/dialog';
import { CORS, corsSteps, runSteps, type Cors } from './cors-steps';

interface EnableCorsProps {
  api: string;
  resource: Resource;
  onDone: () => void;
  onClose: () => void;
}

const GATEWAY_RESPONSES = [
  { value: 'DEFAULT_4XX', label: 'Default 4XX' },
  { value: 'DEFAULT_5XX', label: 'Default 5XX' },
];

/** `Enable CORS`: web pages of other origins may call the resource. */
export default function EnableCors({ api, resource, onDone, onClose }: EnableCorsProps) {
  const flash = useFlash();
  const verbs = Object.keys(resource.resourceMethods ?? {}).filter((verb) => verb !== 'OPTIONS');
  const [cors, setCors] = useState<Cors>({ ...CORS, methods: [...verbs, 'OPTIONS'] });
  const change = (part: Partial<Cors>) => setCors((old) => ({ ...old, ...part }));
  const steps = corsSteps(api, resource, cors);
  const run = async () => {
    await runSteps(steps);
    flash.success(`Enabled CORS on ${resource.path}. Deploy the API to make it live.`);
  };
  return (
    <Dialog
      title="Enable CORS"
      verb="Save"
      size="large"
      run={run}
      onDone={onDone}
      onClose={onClose}
      cli={steps.map(({ cli }) => cli).join('\n')}
    >
      <Choices
        label="Gateway responses"
        description="Answers that API Gateway gives by itself get the headers, too."
        all={GATEWAY_RESPONSES}
        chosen={cors.gatewayResponses}
        onChange={(gatewayResponses) => change({ gatewayResponses })}
      />
      <Choices
        label="Access-Control-Allow-Methods"
        all={[...verbs, 'OPTIONS'].map((value) => ({ value, label: value }))}
        fixed="OPTIONS"
        chosen={cors.methods}
        onChange={(methods) => change({ methods })}
      />
      <FormField stretch label="Access-Control-Allow-Headers">
        <Input value={cors.headers} onChange={({ detail }) => change({ headers: detail.value })} />
      </FormField>
      <FormField label="Access-Control-Allow-Origin">
        <Input
          value={cors.origin}
          onChange={({ detail }) => change({ origin: detail.value.trim() })}
        />
      </FormField>
      <ExpandableSection headerText="Additional settings">
        <SpaceBetween size="m">
          <FormField label="Access-Control-Expose-Headers">
            <Input
              value={cors.exposed}
              onChange={({ detail }) => change({ exposed: detail.value })}
            />
          </FormField>
          <FormField label="Access-Control-Max-Age" description="In seconds.">
            <Input
              type="number"
              value={cors.maxAge}
              onChange={({ detail }) => change({ maxAge: detail.value })}
            />
          </FormField>
          <Checkbox
            checked={cors.hasCredentials}
            onChange={({ detail }) => change({ hasCredentials: detail.checked })}
          >
            Access-Control-Allow-Credentials
          </Checkbox>
        </SpaceBetween>
      </ExpandableSection>
    </Dialog>
  );
}

interface ChoicesProps {
  label: string;
  description?: string;
  all: Array<{ value: string; label: string }>;
  /** One that stays chosen. */
  fixed?: string;
  chosen: string[];
  onChange: (chosen: string[]) => void;
}

function Choices({ label, description, all, fixed, chosen, onChange }: ChoicesProps) {
  const set = (value: string, isChosen: boolean) =>
    onChange(all.map((one) => one.value).filter((one) => (one === value ? isChosen : chosen.includes(one))));
  return (
    <FormField label={label} description={description}>
      <SpaceBetween direction="horizontal" size="m">
        {all.map((one) => (
          <Checkbox
            key={one.value}
            checked={chosen.includes(one.value)}
            disabled={one.value === fixed}
            onChange={({ detail }) => set(one.value, detail.checked)}
          >
            {one.label}
          </Checkbox>
        ))}
      </SpaceBetween>
    </FormField>
  );
}
