import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useParams } from 'react-router';
import {
  modelCreate,
  modelDelete,
  modelList,
  modelUpdate,
  type Model,
  type Patch,
} from '../../api/apigateway';
import { command, patchCommand } from '../../api/cli';
import { pretty } from '../../api/iam';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { JsonField, jsonError } from '../../ui/json-field';
import { ResourceTable } from '../../ui/resource-table';

const SCHEMA_START = JSON.stringify(
  { $schema: 'http://json-schema.org/draft-04/schema#', type: 'object', properties: {} },
  null,
  2,
);

/** The models of an API: JSON schemas that methods validate bodies against. */
export default function Models() {
  const { api = '' } = useParams();
  const models = useData(`models/${api}`, () => modelList(api));
  const [dialog, setDialog] = useState<{ kind: 'edit' | 'delete'; model?: Model | undefined }>();
  const close = () => setDialog(undefined);
  const doomed = dialog?.kind === 'delete' ? dialog.model : undefined;
  return (
    <>
      <ResourceTable
        title="Models"
        noun="model"
        data={models}
        id={(model) => model.name}
        selects="single"
        description="JSON schemas of request and response bodies."
        cli={(model) =>
          command('apigateway', 'get-model', { 'rest-api-id': api, 'model-name': model.name })
        }
        actions={([model]) => (
          <>
            <Button disabled={!model} onClick={() => setDialog({ kind: 'delete', model })}>
              Delete
            </Button>
            <Button disabled={!model} onClick={() => setDialog({ kind: 'edit', model })}>
              Edit
            </Button>
            <Button variant="primary" onClick={() => setDialog({ kind: 'edit' })}>
              Create model
            </Button>
          </>
        )}
        columns={[
          { id: 'name', header: 'Name', cell: (model) => model.name, isRowHeader: true },
          { id: 'type', header: 'Content type', cell: (model) => model.contentType },
          { id: 'text', header: 'Description', cell: (model) => model.description ?? '–' },
        ]}
      />
      {dialog?.kind === 'edit' && (
        <EditModel api={api} model={dialog.model} onDone={models.reload} onClose={close} />
      )}
      {doomed && (
        <DeleteDialog
          what={`model ${doomed.name}`}
          word="confirm"
          cli={command('apigateway', 'delete-model', {
            'rest-api-id': api,
            'model-name': doomed.name,
          })}
          run={() => modelDelete(api, doomed.name)}
          onDone={models.reload}
          onClose={close}
        />
      )}
    </>
  );
}

interface EditModelProps {
  api: string;
  /** None creates one. */
  model: Model | undefined;
  onDone: () => void;
  onClose: () => void;
}

function EditModel({ api, model, onDone, onClose }: EditModelProps) {
  const flash = useFlash();
  const [name, setName] = useState(model?.name ?? '');
  const [contentType, setContentType] = useState(model?.contentType ?? 'application/json');
  const [description, setDescription] = useState(model?.description ?? '');
  const [schema, setSchema] = useState(model ? pretty(model.schema ?? '') : SCHEMA_START);
  const patches: Patch[] = [
    ...(description === (model?.description ?? '')
      ? []
      : [{ op: 'replace' as const, path: '/description', value: description }]),
    { op: 'replace', path: '/schema', value: schema },
  ];
  const run = async () => {
    if (model) await modelUpdate(api, name, patches);
    else {
      await modelCreate(api, { name, contentType, schema, ...(description ? { description } : {}) });
    }
    flash.success(`${model ? 'Saved' : 'Successfully created'} model '${name}'.`);
  };
  return (
    <Dialog
      title={model ? `Edit model ${name}` : 'Create model'}
      verb={model ? 'Save changes' : 'Create'}
      size="large"
      isReady={name !== '' && !jsonError(schema)}
      run={run}
      onDone={onDone}
      onClose={onClose}
      cli={
        model
          ? patchCommand('update-model', { 'rest-api-id': api, 'model-name': name }, patches)
          : command('apigateway', 'create-model', {
              'rest-api-id': api,
              name,
              'content-type': contentType,
              description,
              schema,
            })
      }
    >
      {!model && (
        <SpaceBetween size="l">
          <FormField label="Name" description="Letters and digits.">
            <Input value={name} onChange={({ detail }) => setName(detail.value)} />
          </FormField>
          <FormField label="Content type">
            <Input value={contentType} onChange={({ detail }) => setContentType(detail.value)} />
          </FormField>
        </SpaceBetween>
      )}
      <FormField label="Description – optional">
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
      <JsonField label="Model schema" value={schema} onChange={setSchema} />
    </Dialog>
  );
}
