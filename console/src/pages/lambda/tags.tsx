import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { command } from '../../api/cli';
import { tagList, tagsAdd, tagsRemove } from '../../api/lambda-settings';
import { useData } from '../../data/useData';
import { Dialog } from '../../ui/dialog';
import { fromPairs, PairsEditor, toPairs, type Pair } from '../../ui/pairs-editor';
import { ResourceTable } from '../../ui/resource-table';

/** `Tags` of a function. */
export function Tags({ arn }: { arn: string }) {
  const data = useData(`tags/${arn}`, async () => toPairs((await tagList(arn)).Tags));
  const [edited, setEdited] = useState<Pair[]>();
  const after = fromPairs(edited ?? []);
  const gone = (data.value ?? []).map((one) => one.name).filter((name) => !(name in after));
  const run = async () => {
    if (gone.length > 0) await tagsRemove(arn, gone);
    if (Object.keys(after).length > 0) await tagsAdd(arn, after);
  };
  return (
    <>
      <ResourceTable
        title="Tags"
        noun="tag"
        level="h2"
        data={data}
        id={(one) => one.name}
        cli={() => command('lambda', 'list-tags', { resource: arn })}
        actions={() => <Button onClick={() => setEdited(data.value ?? [])}>Manage tags</Button>}
        columns={[
          { id: 'key', header: 'Key', cell: (one) => one.name, isRowHeader: true },
          { id: 'value', header: 'Value', cell: (one) => one.value },
        ]}
      />
      {edited && (
        <Dialog
          title="Manage tags"
          verb="Save"
          run={run}
          onDone={data.reload}
          onClose={() => setEdited(undefined)}
          cli={[
            ...(gone.length > 0
              ? [command('lambda', 'untag-resource', { resource: arn, 'tag-keys': gone })]
              : []),
            command('lambda', 'tag-resource', { resource: arn, tags: JSON.stringify(after) }),
          ].join('\n')}
        >
          <PairsEditor pairs={edited} onChange={setEdited} noun="tag" nameLabel="Key" />
        </Dialog>
      )}
    </>
  );
}
