import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { Dialog } from '../../ui/dialog';
import type { Files } from './package';

interface FileListProps {
  files: Files;
  /** As they are deployed; what differs is marked. */
  saved: Files;
  open: string;
  choose: (file: string) => void;
  change: (files: Files) => void;
}

/** The package's files: which is open, which changed, and what may be done with them. */
export function FileList({ files, saved, open, choose, change }: FileListProps) {
  const [naming, setNaming] = useState<'new' | 'rename'>();
  const names = Object.keys(files).sort();
  const without = (name: string) =>
    Object.fromEntries(Object.entries(files).filter(([one]) => one !== name));
  const remove = () => {
    change(without(open));
    choose(names.find((name) => name !== open) ?? '');
  };
  const named = (name: string) => {
    const content = naming === 'new' ? '' : (files[open] ?? '');
    change({ ...(naming === 'new' ? files : without(open)), [name]: content });
    choose(name);
    setNaming(undefined);
  };
  return (
    <nav aria-label="Environment">
      <div className="row-between">
        <b>Files</b>
        <ButtonDropdown
          variant="icon"
          ariaLabel="Actions for files"
          items={[
            { id: 'new', text: 'New file' },
            { id: 'rename', text: 'Rename', disabled: open === '' },
            // A package without a file cannot be deployed.
            { id: 'delete', text: 'Delete', disabled: names.length < 2 },
          ]}
          onItemClick={({ detail: { id } }) =>
            id === 'delete' ? remove() : setNaming(id === 'new' ? 'new' : 'rename')
          }
        />
      </div>
      <ul>
        {names.map((name) => (
          <li key={name}>
            <button type="button" aria-current={name === open} onClick={() => choose(name)}>
              {name}
              {files[name] !== saved[name] && (
                <span className="undeployed" role="img" aria-label="changed" />
              )}
            </button>
          </li>
        ))}
      </ul>
      {naming && (
        <Name
          before={naming === 'new' ? '' : open}
          taken={names}
          onNamed={named}
          onClose={() => setNaming(undefined)}
        />
      )}
    </nav>
  );
}

interface NameProps {
  before: string;
  taken: string[];
  onNamed: (name: string) => void;
  onClose: () => void;
}

/** Asks for a file's name, with its folders. */
function Name({ before, taken, onNamed, onClose }: NameProps) {
  const [name, setName] = useState(before);
  const isTaken = name !== before && taken.includes(name);
  const isPath = /^[^/\\][^\\]*$/.test(name) && !name.split('/').some((part) => /^\.{0,2}$/.test(part));
  return (
    <Dialog
      title={before ? `Rename ${before}` : 'New file'}
      verb={before ? 'Rename' : 'Create'}
      isReady={isPath && !isTaken && name !== before}
      run={async () => onNamed(name)}
      onClose={onClose}
    >
      <FormField
        label="File name"
        description="With its folders, such as lib/pets.mjs. It is deployed with the others."
        errorText={isTaken ? `There is a ${name} already.` : undefined}
      >
        <Input value={name} onChange={({ detail }) => setName(detail.value.trim())} />
      </FormField>
    </Dialog>
  );
}
