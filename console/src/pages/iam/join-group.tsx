import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { useData } from '../../data/useData';
import { Dialog } from '../../ui/dialog';

interface JoinProps {
  title: string;
  /** What is chosen: a user for a group, or a group for a user. */
  label: string;
  load: () => Promise<string[]>;
  /** Names that are together already. */
  taken: string[];
  cli: (name: string) => string;
  join: (name: string) => Promise<unknown>;
  onDone: () => void;
  onClose: () => void;
}

/** Brings a user and a group together, from either one's page. */
export function Join({ title, label, load, taken, cli, join, onDone, onClose }: JoinProps) {
  const names = useData(`join/${label}`, load);
  const [name, setName] = useState('');
  const options = (names.value ?? [])
    .filter((one) => !taken.includes(one))
    .map((one) => ({ value: one, label: one }));
  return (
    <Dialog
      title={title}
      verb="Add"
      isReady={name !== ''}
      run={async () => void (await join(name))}
      onDone={onDone}
      onClose={onClose}
      cli={cli(name)}
    >
      <FormField label={label}>
        <Select
          filteringType="auto"
          placeholder={`Choose a ${label.toLowerCase()}`}
          options={options}
          statusType={names.isLoading ? 'loading' : 'finished'}
          empty="There is none to add"
          selectedOption={options.find((one) => one.value === name) ?? null}
          onChange={({ detail }) => setName(detail.selectedOption.value ?? '')}
        />
      </FormField>
    </Dialog>
  );
}
