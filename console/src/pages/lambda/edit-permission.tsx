import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tiles from '@cloudscape-design/components/tiles';
import { useState } from 'react';
import { permissionAdd, permissionRemove, type Statement } from '../../api/lambda';
import { useFlash } from '../../shell/flash';
import { Dialog } from '../../ui/dialog';
import {
  addCommand,
  draftOf,
  newPermission,
  permissionOf,
  removeCommand,
  startOf,
  type PermissionDraft,
  type PermissionKind,
} from './permission-draft';

interface EditPermissionProps {
  name: string;
  /** The statement to change; none adds one. */
  statement: Statement | undefined;
  onDone: () => void;
  onClose: () => void;
}

/** `Add permissions` and `Edit policy statement`. */
export function EditPermission({ name, statement, onDone, onClose }: EditPermissionProps) {
  const flash = useFlash();
  const [draft, setDraft] = useState(() => (statement ? draftOf(statement) : newPermission()));
  const change = (part: Partial<PermissionDraft>) => setDraft((all) => ({ ...all, ...part }));
  const isPublic = draft.kind === 'url' && draft.authType === 'NONE';
  const run = async () => {
    if (statement) await replace(name, statement, draft);
    else await permissionAdd(name, permissionOf(draft));
    flash.success(`${statement ? 'Saved' : 'Added'} statement ${draft.sid}.`);
  };
  const add = addCommand(name, draft);
  return (
    <Dialog
      title={statement ? 'Edit policy statement' : 'Add permissions'}
      verb="Save"
      size="large"
      isReady={draft.sid !== '' && (isPublic || draft.principal !== '') && draft.action !== ''}
      run={run}
      onDone={onDone}
      onClose={onClose}
      cli={statement ? `${removeCommand(name, statement.Sid)}\n${add}` : add}
    >
      <FormField stretch label="Who gets permission">
        <Tiles
          columns={3}
          value={draft.kind}
          onChange={({ detail }) => setDraft(startOf(detail.value as PermissionKind, draft))}
          items={[
            { value: 'service', label: 'AWS service', description: 'API Gateway and others.' },
            { value: 'account', label: 'AWS account', description: 'An account, user or role.' },
            { value: 'url', label: 'Function URL', description: 'Callers of the function’s URL.' },
          ]}
        />
      </FormField>
      {draft.kind === 'url' && <AuthType draft={draft} change={change} />}
      <FormField label="Statement ID">
        <Input value={draft.sid} onChange={({ detail }) => change({ sid: detail.value.trim() })} />
      </FormField>
      {!isPublic && (
        <FormField label="Principal" description={WHO[draft.kind]}>
          <Input
            value={draft.principal}
            onChange={({ detail }) => change({ principal: detail.value.trim() })}
          />
        </FormField>
      )}
      {draft.kind === 'service' && <Source draft={draft} change={change} />}
      {draft.kind === 'account' && (
        <FormField label="PrincipalOrgID – optional" description="Only principals of this organization.">
          <Input
            value={draft.organization}
            placeholder="o-a1b2c3d4e5"
            onChange={({ detail }) => change({ organization: detail.value.trim() })}
          />
        </FormField>
      )}
      {draft.kind !== 'url' && (
        <FormField label="Action">
          <Input
            value={draft.action}
            onChange={({ detail }) => change({ action: detail.value.trim() })}
          />
        </FormField>
      )}
    </Dialog>
  );
}

const WHO: Record<PermissionKind, string> = {
  service: 'The service’s name, such as apigateway.amazonaws.com.',
  account: 'An account ID, or the ARN of a user or role.',
  url: 'An account ID, or the ARN of a user or role.',
};

interface PartProps {
  draft: PermissionDraft;
  change: (part: Partial<PermissionDraft>) => void;
}

function Source({ draft, change }: PartProps) {
  return (
    <SpaceBetween size="l">
      <FormField stretch label="Source ARN – optional" description="What the service calls for: an API’s method, for one.">
        <Input
          value={draft.sourceArn}
          placeholder="arn:aws:execute-api:us-east-1:111111111111:abc123/*/GET/"
          onChange={({ detail }) => change({ sourceArn: detail.value.trim() })}
        />
      </FormField>
      <FormField label="Source account – optional" description="For sources whose ARN names none.">
        <Input
          value={draft.sourceAccount}
          onChange={({ detail }) => change({ sourceAccount: detail.value.trim() })}
        />
      </FormField>
    </SpaceBetween>
  );
}

const AUTH_TYPES = [
  { value: 'AWS_IAM', label: 'AWS_IAM', description: 'Callers who sign their requests.' },
  { value: 'NONE', label: 'NONE', description: 'Everybody.' },
];

function AuthType({ draft, change }: PartProps) {
  return (
    <FormField label="Auth type">
      <Select
        options={AUTH_TYPES}
        selectedOption={AUTH_TYPES.find(({ value }) => value === draft.authType) ?? null}
        onChange={({ detail }) => change({ authType: detail.selectedOption.value ?? 'AWS_IAM' })}
      />
    </FormField>
  );
}

/** Removes the statement and adds what the form says; what cannot be added leaves the old one. */
async function replace(name: string, before: Statement, draft: PermissionDraft): Promise<void> {
  await permissionRemove(name, before.Sid ?? '');
  try {
    await permissionAdd(name, permissionOf(draft));
  } catch (error) {
    await permissionAdd(name, permissionOf(draftOf(before)));
    throw error;
  }
}
