import FileInput from '@cloudscape-design/components/file-input';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Multiselect from '@cloudscape-design/components/multiselect';
import { useState } from 'react';
import { command } from '../../api/cli';
import { runtimesHere } from '../../api/host';
import { layerPublish } from '../../api/layers';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { Dialog } from '../../ui/dialog';
import { base64 } from './package';
import { inOrder, runtimeName } from './runtimes';

/** Runtimes that a layer names at most (PublishLayerVersion). */
const RUNTIMES_MAX = 15;

interface CreateLayerProps {
  /** Of a layer that exists; empty for a new one. */
  name: string;
  onDone: () => void;
  onClose: () => void;
}

/** Publishes a zip file as a layer's next version. */
export default function CreateLayer(props: CreateLayerProps) {
  const flash = useFlash();
  const [name, setName] = useState(props.name);
  const [description, setDescription] = useState('');
  const [license, setLicense] = useState('');
  const [runtimes, setRuntimes] = useState<string[]>([]);
  const [file, setFile] = useState<File>();
  const known = useData('runtimes', runtimesHere);
  const options = inOrder(known.value ?? []).map(({ runtime }) => ({
    value: runtime,
    label: runtimeName(runtime),
  }));
  const run = async () => {
    const zip = new Uint8Array((await file?.arrayBuffer()) ?? new ArrayBuffer());
    const made = await layerPublish(name, {
      Content: { ZipFile: base64(zip) },
      ...(description ? { Description: description } : {}),
      ...(license ? { LicenseInfo: license } : {}),
      ...(runtimes.length > 0 ? { CompatibleRuntimes: runtimes } : {}),
    });
    flash.success(`Successfully created version ${made.Version} of layer ${name}.`);
  };
  return (
    <Dialog
      title={props.name ? `Create version of ${props.name}` : 'Create layer'}
      verb="Create"
      isReady={/^[A-Za-z0-9_-]{1,140}$/.test(name) && file !== undefined}
      run={run}
      onDone={props.onDone}
      onClose={props.onClose}
      cli={command('lambda', 'publish-layer-version', {
        'layer-name': name,
        description,
        'license-info': license,
        'compatible-runtimes': runtimes.length > 0 ? runtimes : undefined,
        'zip-file': `fileb://${file?.name ?? 'layer.zip'}`,
      })}
    >
      {!props.name && (
        <FormField label="Name" description="Letters, numbers, hyphens and underscores.">
          <Input value={name} onChange={({ detail }) => setName(detail.value.trim())} />
        </FormField>
      )}
      <FormField label="Description – optional">
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
      <FormField label="Code" description={file ? file.name : 'A .zip file; it is unpacked in /opt.'}>
        <FileInput
          value={file ? [file] : []}
          accept=".zip"
          onChange={({ detail }) => setFile(detail.value[0])}
        >
          Upload a .zip file
        </FileInput>
      </FormField>
      <FormField label="Compatible runtimes – optional" description="At most 15.">
        <Multiselect
          placeholder="Choose runtimes"
          options={options}
          statusType={known.isLoading ? 'loading' : 'finished'}
          selectedOptions={options.filter(({ value }) => runtimes.includes(value))}
          onChange={({ detail }) =>
            setRuntimes(detail.selectedOptions.map(({ value }) => value ?? '').slice(0, RUNTIMES_MAX))
          }
        />
      </FormField>
      <FormField label="License – optional">
        <Input value={license} onChange={({ detail }) => setLicense(detail.value)} />
      </FormField>
    </Dialog>
  );
}
