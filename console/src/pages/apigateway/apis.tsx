import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { apiDelete, apiList, type RestApi } from '../../api/apigateway';
import { command } from '../../api/cli';
import { useData } from '../../data/useData';
import { DeleteDialog } from '../../ui/delete-dialog';
import { lazily } from '../../ui/lazily';
import { PageLink } from '../../ui/page-link';
import { ResourceTable } from '../../ui/resource-table';
import { when } from '../../ui/time';

const ApiTypes = lazily(async () => (await import('./api-types')).default, null);

/** The APIs of the account and region; without one, the page that introduces the service. */
export default function Apis() {
  const apis = useData('apis', apiList);
  const [doomed, setDoomed] = useState<RestApi>();
  const [isChoosing, setChoosing] = useState(false);
  if (apis.value?.length === 0 || isChoosing) {
    return <ApiTypes isFirst={!isChoosing} />;
  }
  return (
    <>
      <ResourceTable
        title="APIs"
        noun="API"
        data={apis}
        id={(api) => api.id}
        selects="single"
        cli={(api) => command('apigateway', 'get-rest-api', { 'rest-api-id': api.id })}
        actions={([api]) => (
          <>
            <Button disabled={!api} onClick={() => setDoomed(api)}>
              Delete
            </Button>
            <Button variant="primary" onClick={() => setChoosing(true)}>
              Create API
            </Button>
          </>
        )}
        columns={[
          {
            id: 'name',
            header: 'Name',
            isRowHeader: true,
            cell: (api) => (
              <PageLink to={`/apigateway/apis/${api.id}/resources`}>{api.name || api.id}</PageLink>
            ),
            sortingField: 'name',
          },
          { id: 'description', header: 'Description', cell: (api) => api.description ?? '–' },
          { id: 'id', header: 'ID', cell: (api) => api.id, sortingField: 'id' },
          { id: 'protocol', header: 'Protocol', cell: () => 'REST' },
          {
            id: 'endpoint',
            header: 'API endpoint type',
            cell: (api) => endpointName(api.endpointConfiguration?.types?.[0]),
          },
          {
            id: 'created',
            header: 'Created',
            cell: (api) => when(api.createdDate),
            sortingField: 'createdDate',
          },
        ]}
      />
      {doomed && (
        <DeleteDialog
          what={`API ${doomed.name}`}
          word="confirm"
          cli={command('apigateway', 'delete-rest-api', { 'rest-api-id': doomed.id })}
          run={() => apiDelete(doomed.id)}
          onDone={apis.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}

export const endpointName = (type: string | undefined): string =>
  ({ REGIONAL: 'Regional', EDGE: 'Edge-optimized', PRIVATE: 'Private' })[type ?? 'EDGE'] ?? '–';
