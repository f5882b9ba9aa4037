import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useParams } from 'react-router';
import { command } from '../../api/cli';
import {
  entitiesOf,
  policyDocument,
  versionCreate,
  versionDelete,
  versionList,
  versionSet,
  type PolicyVersion,
} from '../../api/iam';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { CodeBlock } from '../../ui/code-block';
import { Copyable } from '../../ui/copy';
import { Dialog } from '../../ui/dialog';
import { PageLink } from '../../ui/page-link';
import { PageTabs } from '../../ui/page-tabs';
import { isSavable, PolicyField } from '../../ui/policy-field';
import { Opening } from '../../ui/opening';
import { ResourceTable } from '../../ui/resource-table';
import { when } from '../../ui/time';

/** A policy: its document, who has it, and its versions. */
export default function Policy() {
  const { arn = '' } = useParams();
  const found = useData(`policy/${arn}`, () => policyDocument(arn));
  const [isEditing, setEditing] = useState(false);
  if (!found.value) return <Opening data={found} />;
  const { policy, document } = found.value;
  const isOurs = !arn.startsWith('arn:aws:iam::aws:');
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        actions={
          <Button disabled={!isOurs} onClick={() => setEditing(true)}>
            Edit
          </Button>
        }
      >
        {policy.PolicyName}
      </Header>
      <Container header={<Header variant="h2">Policy details</Header>}>
        <KeyValuePairs
          columns={2}
          items={[
            { label: 'ARN', value: <Copyable text={arn} label="policy ARN" /> },
            { label: 'Type', value: isOurs ? 'Customer managed' : 'AWS managed' },
            { label: 'Default version', value: policy.DefaultVersionId },
            { label: 'Attached entities', value: policy.AttachmentCount },
          ]}
        />
      </Container>
      <PageTabs
        label="Policy"
        tabs={[
          {
            id: 'permissions',
            label: 'Permissions',
            content: (
              <Container header={<Header variant="h2">Permissions defined in this policy</Header>}>
                <CodeBlock text={document} label="policy document" tall />
              </Container>
            ),
          },
          { id: 'entities', label: 'Entities attached', content: <Entities arn={arn} /> },
          {
            id: 'versions',
            label: 'Policy versions',
            content: <Versions arn={arn} isOurs={isOurs} onChanged={found.reload} />,
          },
        ]}
      />
      {isEditing && (
        <Edit
          arn={arn}
          before={document}
          onDone={found.reload}
          onClose={() => setEditing(false)}
        />
      )}
    </SpaceBetween>
  );
}

function Entities({ arn }: { arn: string }) {
  const entities = useData(`entities/${arn}`, () => entitiesOf(arn));
  return (
    <ResourceTable
      title="Entities attached"
      noun="attached entity"
      level="h2"
      data={entities}
      id={(one) => `${one.kind} ${one.name}`}
      cli={() => command('iam', 'list-entities-for-policy', { 'policy-arn': arn })}
      columns={[
        {
          id: 'name',
          header: 'Entity name',
          isRowHeader: true,
          cell: (one) => (
            <PageLink to={`/iam/${one.kind.toLowerCase()}s/${encodeURIComponent(one.name)}`}>
              {one.name}
            </PageLink>
          ),
        },
        { id: 'kind', header: 'Entity type', cell: (one) => one.kind },
      ]}
    />
  );
}

interface VersionsProps {
  arn: string;
  isOurs: boolean;
  onChanged: () => void;
}

function Versions({ arn, isOurs, onChanged }: VersionsProps) {
  const versions = useData(`policy-versions/${arn}`, () => versionList(arn));
  const flash = useFlash();
  const isDefault = (one: PolicyVersion | undefined) => one?.IsDefaultVersion === 'true';
  const run = (change: Promise<unknown>) =>
    void change.then(
      () => {
        versions.reload();
        onChanged();
      },
      (error: unknown) => flash.failure(error, 'Could not change the version'),
    );
  return (
    <ResourceTable
      title="Policy versions"
      noun="version"
      level="h2"
      data={versions}
      id={(one) => one.VersionId}
      {...(isOurs ? { selects: 'single' as const } : {})}
      cli={(one) =>
        command('iam', 'get-policy-version', { 'policy-arn': arn, 'version-id': one.VersionId })
      }
      actions={([one]) => (
        <>
          <Button
            disabled={!one || isDefault(one)}
            onClick={() => one && run(versionDelete(arn, one.VersionId))}
          >
            Delete
          </Button>
          <Button
            disabled={!one || isDefault(one)}
            onClick={() => one && run(versionSet(arn, one.VersionId))}
          >
            Set as default
          </Button>
        </>
      )}
      columns={[
        { id: 'id', header: 'Version', cell: (one) => one.VersionId, isRowHeader: true },
        { id: 'default', header: 'Default', cell: (one) => (isDefault(one) ? 'Yes' : 'No') },
        { id: 'created', header: 'Creation time', cell: (one) => when(one.CreateDate) },
      ]}
    />
  );
}

interface EditProps {
  arn: string;
  before: string;
  onDone: () => void;
  onClose: () => void;
}

function Edit({ arn, before, onDone, onClose }: EditProps) {
  const [document, setDocument] = useState(before);
  return (
    <Dialog
      title="Edit policy"
      verb="Save changes"
      size="large"
      isReady={document !== before && isSavable(document, 'identity')}
      run={() => versionCreate(arn, document)}
      onDone={onDone}
      onClose={onClose}
      cli={command('iam', 'create-policy-version', {
        'policy-arn': arn,
        'policy-document': document,
        'set-as-default': true,
      })}
    >
      <PolicyField
        label="Policy document"
        kind="identity"
        value={document}
        onChange={setDocument}
      />
    </Dialog>
  );
}
