import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useParams } from 'react-router';
import { command } from '../../api/cli';
import {
  documentationPartDelete,
  documentationPartList,
  documentationVersionDelete,
  documentationVersionList,
  type DocumentationPart,
  type DocumentationVersion,
} from '../../api/documentation';
import { useData } from '../../data/useData';
import { DeleteDialog } from '../../ui/delete-dialog';
import { lazily } from '../../ui/lazily';
import { PageTabs } from '../../ui/page-tabs';
import { ResourceTable } from '../../ui/resource-table';
import { when } from '../../ui/time';
import { locationText, typeName } from './documentation-location';

// Forms are only for those who open them.
const EditPart = lazily(async () => (await import('./edit-documentation-part')).default, null);
const Publish = lazily(async () => (await import('./publish-documentation')).default, null);

/** What is written about an API, and the versions of it that were published. */
export default function Documentation() {
  const { api = '' } = useParams();
  const [isPublishing, setPublishing] = useState(false);
  const versions = useData(`documentation-versions/${api}`, () => documentationVersionList(api));
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        actions={<Button onClick={() => setPublishing(true)}>Publish documentation</Button>}
      >
        Documentation
      </Header>
      <PageTabs
        label="Documentation"
        tabs={[
          { id: 'parts', label: 'Documentation parts', content: <Parts api={api} /> },
          {
            id: 'versions',
            label: 'Published versions',
            content: <Versions api={api} versions={versions} />,
          },
        ]}
      />
      {isPublishing && (
        <Publish api={api} onDone={versions.reload} onClose={() => setPublishing(false)} />
      )}
    </SpaceBetween>
  );
}

function Parts({ api }: { api: string }) {
  const parts = useData(`documentation-parts/${api}`, () => documentationPartList(api));
  const [edited, setEdited] = useState<DocumentationPart | 'new'>();
  const [doomed, setDoomed] = useState<DocumentationPart>();
  return (
    <>
      <ResourceTable
        title="Documentation parts"
        noun="documentation part"
        level="h2"
        data={parts}
        id={(one) => one.id}
        selects="single"
        empty={<Button onClick={() => setEdited('new')}>Create documentation part</Button>}
        cli={(one) =>
          command('apigateway', 'get-documentation-part', {
            'rest-api-id': api,
            'documentation-part-id': one.id,
          })
        }
        actions={([one]) => (
          <>
            <Button disabled={!one} onClick={() => setDoomed(one)}>
              Delete
            </Button>
            <Button disabled={!one} onClick={() => setEdited(one)}>
              Edit
            </Button>
            <Button variant="primary" onClick={() => setEdited('new')}>
              Create documentation part
            </Button>
          </>
        )}
        columns={[
          {
            id: 'type',
            header: 'Documentation type',
            isRowHeader: true,
            cell: (one) => typeName(one.location.type),
          },
          { id: 'of', header: 'Of', cell: (one) => locationText(one.location) || 'the API' },
          {
            id: 'properties',
            header: 'Properties',
            cell: (one) => <span className="mono-text">{one.properties}</span>,
          },
        ]}
      />
      {edited && (
        <EditPart
          api={api}
          part={edited === 'new' ? undefined : edited}
          onDone={parts.reload}
          onClose={() => setEdited(undefined)}
        />
      )}
      {doomed && (
        <DeleteDialog
          what={`documentation part ${doomed.id}`}
          cli={command('apigateway', 'delete-documentation-part', {
            'rest-api-id': api,
            'documentation-part-id': doomed.id,
          })}
          run={() => documentationPartDelete(api, doomed.id)}
          onDone={parts.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}

interface VersionsProps {
  api: string;
  versions: ReturnType<typeof useData<DocumentationVersion[]>>;
}

function Versions({ api, versions }: VersionsProps) {
  const [doomed, setDoomed] = useState<DocumentationVersion>();
  return (
    <>
      <ResourceTable
        title="Published versions"
        noun="published version"
        level="h2"
        data={versions}
        id={(one) => one.version}
        selects="single"
        empty="A published version goes with a stage into its export."
        cli={(one) =>
          command('apigateway', 'get-documentation-version', {
            'rest-api-id': api,
            'documentation-version': one.version,
          })
        }
        actions={([one]) => (
          <Button disabled={!one} onClick={() => setDoomed(one)}>
            Delete
          </Button>
        )}
        columns={[
          { id: 'version', header: 'Version', cell: (one) => one.version, isRowHeader: true },
          { id: 'description', header: 'Description', cell: (one) => one.description ?? '–' },
          { id: 'created', header: 'Created', cell: (one) => when(one.createdDate) },
        ]}
      />
      {doomed && (
        <DeleteDialog
          what={`documentation version ${doomed.version}`}
          cli={command('apigateway', 'delete-documentation-version', {
            'rest-api-id': api,
            'documentation-version': doomed.version,
          })}
          run={() => documentationVersionDelete(api, doomed.version)}
          onDone={versions.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}
