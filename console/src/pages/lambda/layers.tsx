import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { command } from '../../api/cli';
import { layerDelete, layerList, type Layer } from '../../api/layers';
import { useData } from '../../data/useData';
import { Copyable } from '../../ui/copy';
import { DeleteDialog } from '../../ui/delete-dialog';
import { lazily } from '../../ui/lazily';
import { ResourceTable } from '../../ui/resource-table';
import { when } from '../../ui/time';
import { runtimeName } from './runtimes';

const CreateLayer = lazily(async () => (await import('./create-layer')).default, null);

/** The layers of the account and Region, each by its latest version. */
export default function Layers() {
  const layers = useData('layers', layerList);
  const [of, setOf] = useState<string>();
  const [doomed, setDoomed] = useState<Layer>();
  return (
    <>
      <ResourceTable
        title="Layers"
        noun="layer"
        data={layers}
        id={(one) => one.LayerName}
        selects="single"
        description="Libraries and files that functions find in /opt."
        empty={<Button onClick={() => setOf('')}>Create layer</Button>}
        cli={(one) => command('lambda', 'list-layer-versions', { 'layer-name': one.LayerName })}
        actions={([one]) => (
          <>
            <Button disabled={!one} onClick={() => setDoomed(one)}>
              Delete latest version
            </Button>
            <Button disabled={!one} onClick={() => setOf(one?.LayerName)}>
              Create version
            </Button>
            <Button variant="primary" onClick={() => setOf('')}>
              Create layer
            </Button>
          </>
        )}
        columns={[
          { id: 'name', header: 'Name', cell: (one) => one.LayerName, isRowHeader: true },
          { id: 'version', header: 'Version', cell: (one) => one.LatestMatchingVersion.Version },
          {
            id: 'runtimes',
            header: 'Compatible runtimes',
            cell: ({ LatestMatchingVersion: { CompatibleRuntimes } }) =>
              CompatibleRuntimes?.map(runtimeName).join(', ') || '–',
          },
          {
            id: 'arn',
            header: 'Version ARN',
            cell: ({ LatestMatchingVersion: { LayerVersionArn } }) => (
              <Copyable text={LayerVersionArn} label="version ARN" />
            ),
          },
          {
            id: 'created',
            header: 'Created',
            cell: (one) => when(one.LatestMatchingVersion.CreatedDate),
          },
        ]}
      />
      {of !== undefined && (
        <CreateLayer name={of} onDone={layers.reload} onClose={() => setOf(undefined)} />
      )}
      {doomed && (
        <DeleteDialog
          what={`version ${doomed.LatestMatchingVersion.Version} of layer ${doomed.LayerName}`}
          word="delete"
          cli={command('lambda', 'delete-layer-version', {
            'layer-name': doomed.LayerName,
            'version-number': doomed.LatestMatchingVersion.Version,
          })}
          run={() => layerDelete(doomed.LayerName, doomed.LatestMatchingVersion.Version)}
          onDone={layers.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}
