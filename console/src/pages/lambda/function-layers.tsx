import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { command } from '../../api/cli';
import { configurationUpdate, type FunctionConfiguration } from '../../api/lambda';
import { layerList } from '../../api/layers';
import { useData } from '../../data/useData';
import { bytes } from '../../ui/time';
import { Dialog } from '../../ui/dialog';
import { ResourceTable } from '../../ui/resource-table';

/** Layers of one function (Lambda quotas). */
const LAYERS_MAX = 5;

interface FunctionLayersProps {
  configuration: FunctionConfiguration;
  onChanged: () => void;
}

/** The layers of a function, in the order in which they are unpacked. */
export function FunctionLayers({ configuration, onChanged }: FunctionLayersProps) {
  const layers = configuration.Layers ?? [];
  const [isEditing, setEditing] = useState(false);
  return (
    <>
      <ResourceTable
        title="Layers"
        noun="layer"
        level="h2"
        data={{ value: layers, error: undefined, isLoading: false, reload: onChanged }}
        id={(one) => one.Arn}
        cli={(one) => command('lambda', 'get-layer-version-by-arn', { arn: one.Arn })}
        actions={() => <Button onClick={() => setEditing(true)}>Edit layers</Button>}
        columns={[
          { id: 'arn', header: 'Version ARN', cell: (one) => one.Arn, isRowHeader: true },
          { id: 'size', header: 'Size', cell: (one) => bytes(one.CodeSize) },
        ]}
      />
      {isEditing && (
        <EditLayers
          configuration={configuration}
          onChanged={onChanged}
          onClose={() => setEditing(false)}
        />
      )}
    </>
  );
}

function EditLayers(props: FunctionLayersProps & { onClose: () => void }) {
  const { configuration, onChanged, onClose } = props;
  const known = useData('layers', layerList);
  const before = (configuration.Layers ?? []).map(({ Arn }) => Arn);
  const [text, setText] = useState(before.join('\n'));
  const layers = text.split(/\s+/).filter(Boolean);
  const others = (known.value ?? []).filter(
    (one) => !layers.includes(one.LatestMatchingVersion.LayerVersionArn),
  );
  return (
    <Dialog
      title="Edit layers"
      verb="Save"
      size="large"
      isReady={layers.length <= LAYERS_MAX}
      run={() => configurationUpdate(configuration.FunctionName, { Layers: layers })}
      onDone={onChanged}
      onClose={onClose}
      cli={command('lambda', 'update-function-configuration', {
        'function-name': configuration.FunctionName,
        layers: layers.length > 0 ? layers : '[]',
      })}
    >
      <FormField
        stretch
        label="Layer version ARNs"
        description="One a line, at most 5, of any account that shares them. Later ones overwrite files of earlier ones."
      >
        <Textarea
          className="mono"
          rows={5}
          spellcheck={false}
          value={text}
          onChange={({ detail }) => setText(detail.value)}
        />
      </FormField>
      {others.length > 0 && (
        <FormField label="Custom layers of this account">
          <div className="actions">
            {others.map((one) => (
              <Button
                key={one.LayerArn}
                iconName="add-plus"
                disabled={layers.length >= LAYERS_MAX}
                onClick={() =>
                  setText([...layers, one.LatestMatchingVersion.LayerVersionArn].join('\n'))
                }
              >
                {`${one.LayerName}:${one.LatestMatchingVersion.Version}`}
              </Button>
            ))}
          </div>
        </FormField>
      )}
    </Dialog>
  );
}
