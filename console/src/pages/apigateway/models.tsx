import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { useParams } from 'react-router';
import { modelCreate, modelDelete, modelList, type Model } from '../../api/apigateway';
import { pretty } from '../../api/iam';
import { useData } from '../../data/useData';
import { CodeBlock } from '../../ui/code-block';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { JsonField } from '../../ui/json-field';
import { ResourceTable } from '../../ui/resource-table';
import SpaceBetween from '@cloudscape-design/components/space-between';

const EMPTY = '{\n  "$schema": "http://json-schema.org/draft-04/schema#",\n  "type": "object"\n}';

/** The models of an API. */
export default function Models() {
  const { api = '' } = useParams();
  const models = useData(`models/${api}`, () => modelList(api));
  const [isCreating, setCreating] = useState(false);
  const [doomed, setDoomed] = useState<Model>();
  const [name, setName] = useState('');
  const [schema, setSchema] = useState(EMPTY);
  const [shown, setShown] = useState<Model>();
  const create = () => modelCreate(api, { name, contentType: 'application/json', schema });
  return (
    <SpaceBetween size="l">
      <ResourceTable
        title="Models"
        noun="model"
        data={models}
        id={(model) => model.name}
        selects="single"
        actions={([model]) => (
          <>
            <Button disabled={!model} onClick={() => setShown(model)}>
              View schema
            </Button>
            <Button disabled={!model} onClick={() => setDoomed(model)}>
              Delete
            </Button>
            <Button variant="primary" onClick={() => setCreating(true)}>
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
      {shown && <CodeBlock text={pretty(shown.schema ?? '')} label={`schema of ${shown.name}`} tall />}
      {isCreating && (
        <Dialog
          title="Create model"
          verb="Create"
          size="large"
          isReady={name !== ''}
          run={create}
          onDone={models.reload}
          onClose={() => setCreating(false)}
        >
          <FormField label="Name">
            <Input value={name} onChange={({ detail }) => setName(detail.value)} />
          </FormField>
          <JsonField label="Model schema" value={schema} onChange={setSchema} />
        </Dialog>
      )}
      {doomed && (
        <DeleteDialog
          what={`model ${doomed.name}`}
          run={() => modelDelete(api, doomed.name)}
          onDone={models.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </SpaceBetween>
  );
}
