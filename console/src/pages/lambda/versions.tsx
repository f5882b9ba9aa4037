import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { aliasCreate, aliasList, versionList, versionPublish } from '../../api/lambda';
import { useData } from '../../data/useData';
import { Dialog } from '../../ui/dialog';
import { ResourceTable } from '../../ui/resource-table';
import { when } from '../../ui/time';
import { runtimeName } from './runtimes';

export function Versions({ name }: { name: string }) {
  const versions = useData(`versions/${name}`, async () => (await versionList(name)).Versions);
  const [isPublishing, setPublishing] = useState(false);
  const [description, setDescription] = useState('');
  return (
    <>
      <ResourceTable
        title="Versions"
        noun="version"
        level="h2"
        data={versions}
        id={(one) => one.Version}
        actions={() => (
          <Button onClick={() => setPublishing(true)}>Publish new version</Button>
        )}
        columns={[
          { id: 'version', header: 'Version', cell: (one) => one.Version, isRowHeader: true },
          { id: 'text', header: 'Description', cell: (one) => one.Description || '–' },
          { id: 'runtime', header: 'Runtime', cell: (one) => runtimeName(one.Runtime) },
          { id: 'date', header: 'Last modified', cell: (one) => when(one.LastModified) },
        ]}
      />
      {isPublishing && (
        <Dialog
          title="Publish new version"
          verb="Publish"
          run={() => versionPublish(name, description)}
          onDone={versions.reload}
          onClose={() => setPublishing(false)}
        >
          <FormField label="Version description – optional">
            <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
          </FormField>
        </Dialog>
      )}
    </>
  );
}

export function Aliases({ name }: { name: string }) {
  const aliases = useData(`aliases/${name}`, async () => (await aliasList(name)).Aliases);
  const [isCreating, setCreating] = useState(false);
  const [alias, setAlias] = useState('');
  const [version, setVersion] = useState('$LATEST');
  return (
    <>
      <ResourceTable
        title="Aliases"
        noun="alias"
        level="h2"
        data={aliases}
        id={(one) => one.Name}
        actions={() => <Button onClick={() => setCreating(true)}>Create alias</Button>}
        columns={[
          { id: 'name', header: 'Name', cell: (one) => one.Name, isRowHeader: true },
          { id: 'version', header: 'Version', cell: (one) => one.FunctionVersion },
          { id: 'arn', header: 'ARN', cell: (one) => one.AliasArn },
        ]}
      />
      {isCreating && (
        <Dialog
          title="Create alias"
          verb="Save"
          isReady={alias !== ''}
          run={() => aliasCreate(name, alias, version, '')}
          onDone={aliases.reload}
          onClose={() => setCreating(false)}
        >
          <FormField label="Name">
            <Input value={alias} onChange={({ detail }) => setAlias(detail.value)} />
          </FormField>
          <FormField label="Version">
            <Input value={version} onChange={({ detail }) => setVersion(detail.value)} />
          </FormField>
        </Dialog>
      )}
    </>
  );
}
