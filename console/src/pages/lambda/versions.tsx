import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { command } from '../../api/cli';
import {
  aliasDelete,
  aliasList,
  aliasPut,
  functionDelete,
  versionList,
  versionPublish,
  type Alias,
  type FunctionConfiguration,
} from '../../api/lambda';
import { useData } from '../../data/useData';
import { Breakable } from '../../ui/breakable';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { ResourceTable } from '../../ui/resource-table';
import { when } from '../../ui/time';
import { runtimeName } from './runtimes';

export function Versions({ name }: { name: string }) {
  const versions = useData(`versions/${name}`, async () => (await versionList(name)).Versions);
  const [isPublishing, setPublishing] = useState(false);
  const [description, setDescription] = useState('');
  const [doomed, setDoomed] = useState<FunctionConfiguration>();
  return (
    <>
      <ResourceTable
        title="Versions"
        noun="version"
        level="h2"
        data={versions}
        id={(one) => one.Version}
        selects="single"
        cli={(one) =>
          command('lambda', 'get-function', { 'function-name': name, qualifier: one.Version })
        }
        actions={([one]) => (
          <>
            <Button
              disabled={!one || one.Version === '$LATEST'}
              onClick={() => setDoomed(one)}
            >
              Delete
            </Button>
            <Button onClick={() => setPublishing(true)}>Publish new version</Button>
          </>
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
          cli={command('lambda', 'publish-version', { 'function-name': name, description })}
        >
          <FormField label="Version description – optional">
            <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
          </FormField>
        </Dialog>
      )}
      {doomed && (
        <DeleteDialog
          what={`version ${doomed.Version}`}
          word="delete"
          cli={command('lambda', 'delete-function', {
            'function-name': name,
            qualifier: doomed.Version,
          })}
          run={() => functionDelete(name, doomed.Version)}
          onDone={versions.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}

export function Aliases({ name }: { name: string }) {
  const aliases = useData(`aliases/${name}`, async () => (await aliasList(name)).Aliases);
  const [edited, setEdited] = useState<{ alias?: Alias | undefined }>();
  const [doomed, setDoomed] = useState<Alias>();
  return (
    <>
      <ResourceTable
        title="Aliases"
        noun="alias"
        level="h2"
        data={aliases}
        id={(one) => one.Name}
        selects="single"
        empty="With an alias, callers keep one name while versions come and go."
        cli={(one) => command('lambda', 'get-alias', { 'function-name': name, name: one.Name })}
        actions={([one]) => (
          <>
            <Button disabled={!one} onClick={() => setDoomed(one)}>
              Delete
            </Button>
            <Button disabled={!one} onClick={() => setEdited({ alias: one })}>
              Edit
            </Button>
            <Button onClick={() => setEdited({})}>Create alias</Button>
          </>
        )}
        columns={[
          { id: 'name', header: 'Name', cell: (one) => one.Name, isRowHeader: true },
          { id: 'version', header: 'Version', cell: versionsOf },
          { id: 'text', header: 'Description', cell: (one) => one.Description || '–' },
          { id: 'arn', header: 'ARN', cell: (one) => <Breakable text={one.AliasArn} /> },
        ]}
      />
      {edited && (
        <EditAlias
          name={name}
          alias={edited.alias}
          onDone={aliases.reload}
          onClose={() => setEdited(undefined)}
        />
      )}
      {doomed && (
        <DeleteDialog
          what={`alias ${doomed.Name}`}
          word="delete"
          cli={command('lambda', 'delete-alias', { 'function-name': name, name: doomed.Name })}
          run={() => aliasDelete(name, doomed.Name)}
          onDone={aliases.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}

function versionsOf(alias: Alias): string {
  const more = Object.entries(alias.RoutingConfig?.AdditionalVersionWeights ?? {});
  const weights = more.map(([version, weight]) => `${version} (${Math.round(weight * 100)}%)`);
  return [alias.FunctionVersion, ...weights].join(', ');
}

interface EditAliasProps {
  name: string;
  /** None creates one. */
  alias: Alias | undefined;
  onDone: () => void;
  onClose: () => void;
}

function EditAlias({ name, alias: before, onDone, onClose }: EditAliasProps) {
  const versions = useData(`versions/${name}`, async () => (await versionList(name)).Versions);
  const [more] = Object.entries(before?.RoutingConfig?.AdditionalVersionWeights ?? {});
  const [alias, setAlias] = useState(before?.Name ?? '');
  const [description, setDescription] = useState(before?.Description ?? '');
  const [version, setVersion] = useState(before?.FunctionVersion ?? '$LATEST');
  const [other, setOther] = useState(more?.[0] ?? '');
  const [weight, setWeight] = useState(more ? String(Math.round(more[1] * 100)) : '10');
  const options = (versions.value ?? []).map((one) => ({ value: one.Version, label: one.Version }));
  const others = [
    { value: '', label: 'None' },
    ...options.filter(({ value }) => value !== '$LATEST' && value !== version),
  ];
  const weights = other ? { [other]: Number(weight) / 100 } : {};
  const input = {
    Name: alias,
    FunctionVersion: version,
    Description: description,
    RoutingConfig: { AdditionalVersionWeights: weights },
  };
  return (
    <Dialog
      title={before ? `Edit alias ${before.Name}` : 'Create alias'}
      verb="Save"
      isReady={alias !== ''}
      run={() => aliasPut(!before, name, input)}
      onDone={onDone}
      onClose={onClose}
      cli={command('lambda', before ? 'update-alias' : 'create-alias', {
        'function-name': name,
        name: alias,
        'function-version': version,
        description,
        'routing-config': other ? JSON.stringify(input.RoutingConfig) : undefined,
      })}
    >
      <FormField label="Name">
        <Input
          value={alias}
          disabled={before !== undefined}
          onChange={({ detail }) => setAlias(detail.value)}
        />
      </FormField>
      <FormField label="Description – optional">
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
      <FormField label="Version">
        <Select
          options={options}
          selectedOption={{ value: version, label: version }}
          statusType={versions.isLoading ? 'loading' : 'finished'}
          onChange={({ detail }) => setVersion(detail.selectedOption.value ?? '$LATEST')}
        />
      </FormField>
      <FormField
        label="Weighted alias: additional version"
        description="Gets a part of the invocations. Neither version can be $LATEST."
      >
        <Select
          options={others}
          disabled={version === '$LATEST'}
          selectedOption={others.find(({ value }) => value === other) ?? null}
          onChange={({ detail }) => setOther(detail.selectedOption.value ?? '')}
        />
      </FormField>
      {other && (
        <FormField label="Weight (%)">
          <Input
            type="number"
            value={weight}
            onChange={({ detail }) => setWeight(detail.value)}
          />
        </FormField>
      )}
    </Dialog>
  );
}
