import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Container from '@cloudscape-design/components/container';
import FileInput from '@cloudscape-design/components/file-input';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { RuntimeHere } from '../../api/host';
import * as iam from '../../api/iam';
import { useData, type Data } from '../../data/useData';
import { base64 } from './package';
import { handlerOf, inOrder, needsPackage, runtimeOption } from './runtimes';

/** A function that is not yet. */
export interface Draft {
  name: string;
  runtime: string;
  /** Of a package that was chosen; else the runtime's usual one. */
  handler: string;
  /** The package in Base64, where one is needed. */
  zip: string;
  architecture: string;
  isNewRole: boolean;
  role: string;
}

interface RoleProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  newRole: string;
}

interface BasicsProps extends RoleProps {
  runtimes: Data<RuntimeHere[]>;
}

/** `Basic information`: name, runtime, architecture and role. */
export function Basics({ draft, change, newRole, runtimes }: BasicsProps) {
  const options = inOrder(runtimes.value ?? []).map(runtimeOption);
  return (
    <Container header={<Header variant="h2">Basic information</Header>}>
      <SpaceBetween size="l">
        <FormField
          label="Function name"
          description="Letters, numbers, hyphens and underscores; up to 64."
        >
          <Input
            value={draft.name}
            placeholder="myFunctionName"
            onChange={({ detail }) => change({ name: detail.value.trim() })}
          />
        </FormField>
        <FormField
          label="Runtime"
          description="With what this host runs each of them on."
          errorText={runtimes.error?.message}
        >
          <Select
            filteringType="auto"
            placeholder="Choose a runtime"
            options={options}
            statusType={runtimes.isLoading ? 'loading' : 'finished'}
            selectedOption={options.find((one) => one.value === draft.runtime) ?? null}
            onChange={({ detail }) =>
              change({ runtime: detail.selectedOption.value ?? '', handler: '' })
            }
          />
        </FormField>
        {needsPackage(draft.runtime) && <Package draft={draft} change={change} />}
        <FormField label="Architecture">
          <RadioGroup
            value={draft.architecture}
            onChange={({ detail }) => change({ architecture: detail.value })}
            items={[
              { value: 'x86_64', label: 'x86_64' },
              { value: 'arm64', label: 'arm64' },
            ]}
          />
        </FormField>
        <ExpandableSection
          headerText="Change default execution role"
          headerDescription="Permissions: choose or create an execution role."
        >
          <Role draft={draft} change={change} newRole={newRole} />
        </ExpandableSection>
      </SpaceBetween>
    </Container>
  );
}

/** What is compiled comes as a package. */
function Package({ draft, change }: Omit<RoleProps, 'newRole'>) {
  const [files, setFiles] = useState<File[]>([]);
  return (
    <SpaceBetween size="l">
      <FormField
        label="Deployment package"
        description="This runtime’s code is compiled: a .zip file or a .jar."
        constraintText={files[0]?.name}
      >
        <FileInput
          value={files}
          accept=".zip,.jar"
          onChange={({ detail: { value } }) => {
            setFiles(value);
            void value[0]
              ?.arrayBuffer()
              .then((bytes) => change({ zip: base64(new Uint8Array(bytes)) }));
          }}
        >
          Choose file
        </FileInput>
      </FormField>
      <FormField label="Handler">
        <Input
          value={draft.handler || handlerOf(draft.runtime)}
          onChange={({ detail }) => change({ handler: detail.value.trim() })}
        />
      </FormField>
    </SpaceBetween>
  );
}

function Role({ draft, change, newRole }: RoleProps) {
  return (
    <SpaceBetween size="m">
      <FormField label="Execution role">
        <RadioGroup
          value={draft.isNewRole ? 'new' : 'existing'}
          onChange={({ detail }) => change({ isNewRole: detail.value === 'new' })}
          items={[
            {
              value: 'new',
              label: 'Create a new role with basic Lambda permissions',
              description: `Lambda will create a role named ${newRole}, with permission to write logs.`,
            },
            { value: 'existing', label: 'Use an existing role' },
          ]}
        />
      </FormField>
      {!draft.isNewRole && <ExistingRole draft={draft} change={change} />}
    </SpaceBetween>
  );
}

function ExistingRole({ draft, change }: Omit<RoleProps, 'newRole'>) {
  const roles = useData('roles', iam.roleList);
  const options = (roles.value ?? []).map((one) => ({ value: one.Arn, label: one.RoleName }));
  return (
    <FormField label="Existing role">
      <Select
        placeholder="Choose a role"
        options={options}
        empty="No roles"
        statusType={roles.isLoading ? 'loading' : 'finished'}
        selectedOption={options.find((one) => one.value === draft.role) ?? null}
        onChange={({ detail }) => change({ role: detail.selectedOption.value ?? '' })}
      />
    </FormField>
  );
}
