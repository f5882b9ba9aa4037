import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import { useParams } from 'react-router';
import {
  gatewayResponseDelete,
  gatewayResponseList,
  gatewayResponsePut,
  type GatewayResponse,
} from '../../api/apigateway';
import { command } from '../../api/cli';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { fromPairs, PairsEditor, toPairs } from '../../ui/pairs-editor';
import { ResourceTable } from '../../ui/resource-table';
import { TemplateList } from './templates';

const HEADER = 'gatewayresponse.header.';

/** What the gateway answers by itself, and whether the API says it otherwise. */
export default function GatewayResponses() {
  const { api = '' } = useParams();
  const responses = useData(`gateway-responses/${api}`, () => gatewayResponseList(api));
  const [edited, setEdited] = useState<GatewayResponse>();
  const [doomed, setDoomed] = useState<GatewayResponse>();
  return (
    <>
      <ResourceTable
        title="Gateway responses"
        noun="gateway response"
        data={responses}
        id={(one) => one.responseType}
        selects="single"
        description="What API Gateway answers when a request does not get as far as its integration."
        cli={(one) =>
          command('apigateway', 'get-gateway-response', {
            'rest-api-id': api,
            'response-type': one.responseType,
          })
        }
        actions={([one]) => (
          <>
            <Button disabled={!one || one.defaultResponse} onClick={() => setDoomed(one)}>
              Reset
            </Button>
            <Button disabled={!one} onClick={() => setEdited(one)}>
              Edit
            </Button>
          </>
        )}
        columns={[
          {
            id: 'type',
            header: 'Response type',
            isRowHeader: true,
            cell: (one) => sentence(one.responseType),
            sortingField: 'responseType',
          },
          { id: 'status', header: 'Status code', cell: (one) => one.statusCode ?? '–' },
          {
            id: 'origin',
            header: 'Response',
            cell: (one) =>
              one.defaultResponse ? (
                'Default'
              ) : (
                <StatusIndicator type="info" wrapText={false}>Custom</StatusIndicator>
              ),
          },
          {
            id: 'template',
            header: 'Template of application/json',
            cell: (one) => (
              <span className="mono-text">
                {one.responseTemplates?.['application/json'] ?? '–'}
              </span>
            ),
          },
        ]}
      />
      {edited && (
        <EditResponse
          api={api}
          response={edited}
          onDone={responses.reload}
          onClose={() => setEdited(undefined)}
        />
      )}
      {doomed && (
        <DeleteDialog
          what={`custom response ${sentence(doomed.responseType)}`}
          cli={command('apigateway', 'delete-gateway-response', {
            'rest-api-id': api,
            'response-type': doomed.responseType,
          })}
          run={() => gatewayResponseDelete(api, doomed.responseType)}
          onDone={responses.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}

interface EditResponseProps {
  api: string;
  response: GatewayResponse;
  onDone: () => void;
  onClose: () => void;
}

function EditResponse({ api, response, onDone, onClose }: EditResponseProps) {
  const flash = useFlash();
  const [status, setStatus] = useState(response.statusCode ?? '');
  const [parameters, setParameters] = useState(() =>
    toPairs(response.responseParameters).map(({ name, value }) => ({
      name: name.replace(HEADER, ''),
      value,
    })),
  );
  const [templates, setTemplates] = useState(() => toPairs(response.responseTemplates));
  const named = parameters.map(({ name, value }) => ({ name: name && HEADER + name, value }));
  const input = {
    ...(status ? { statusCode: status } : {}),
    responseParameters: fromPairs(named),
    responseTemplates: fromPairs(templates),
  };
  const run = async () => {
    await gatewayResponsePut(api, response.responseType, input);
    flash.success(`Saved ${sentence(response.responseType)}. Deploy the API to make it live.`);
  };
  return (
    <Dialog
      title={`Edit ${sentence(response.responseType)}`}
      verb="Save changes"
      size="large"
      run={run}
      onDone={onDone}
      onClose={onClose}
      cli={command('apigateway', 'put-gateway-response', {
        'rest-api-id': api,
        'response-type': response.responseType,
        'status-code': status,
        'response-parameters': JSON.stringify(input.responseParameters),
        'response-templates': JSON.stringify(input.responseTemplates),
      })}
    >
      <FormField label="Status code" description="Empty: the status of what went wrong.">
        <Input value={status} onChange={({ detail }) => setStatus(detail.value.trim())} />
      </FormField>
      <PairsEditor
        pairs={parameters}
        onChange={setParameters}
        noun="response header"
        valueLabel="Value, in single quotes"
      />
      <TemplateList templates={templates} onChange={setTemplates} title="Response templates" />
    </Dialog>
  );
}

/** `MISSING_AUTHENTICATION_TOKEN` as the console says it: `Missing authentication token`. */
function sentence(type: string): string {
  const text = type.toLowerCase().replaceAll('_', ' ');
  const known = text.replace(/\b(api|waf|4xx|5xx)\b/g, (word) => word.toUpperCase());
  return known.charAt(0).toUpperCase() + known.slice(1);
}
