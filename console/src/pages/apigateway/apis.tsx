import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Cards from '@cloudscape-design/components/cards';
import Header from '@cloudscape-design/components/header';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { apiDelete, apiList, type RestApi } from '../../api/apigateway';
import { useData } from '../../data/useData';
import { DeleteDialog } from '../../ui/delete-dialog';
import { PageLink } from '../../ui/page-link';
import { ResourceTable } from '../../ui/resource-table';
import { when } from '../../ui/time';

/** The APIs of the account and region; without one, the page that introduces the service. */
export default function Apis() {
  const apis = useData('apis', apiList);
  const [doomed, setDoomed] = useState<RestApi>();
  const [isChoosing, setChoosing] = useState(false);
  if (apis.value?.length === 0) return <ApiTypes isFirst />;
  if (isChoosing) return <ApiTypes />;
  return (
    <>
      <ResourceTable
        title="APIs"
        noun="API"
        data={apis}
        id={(api) => api.id}
        selects="single"
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

/** The cards from which an API is built. */
function ApiTypes({ isFirst }: { isFirst?: boolean }) {
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const toForm = (from: string) => void navigate(`/apigateway/create?from=${from}`);
  return (
    <>
      <Cards
        items={[{ title: 'REST API' }]}
        cardsPerRow={[{ cards: 1 }, { minWidth: 700, cards: 2 }]}
        header={
          <Header
            variant="h1"
            description="Create, deploy and watch over APIs that call functions, HTTP services or answer by themselves."
          >
            {isFirst ? 'API Gateway' : 'Choose an API type'}
          </Header>
        }
        cardDefinition={{
          header: (card) => <Box variant="h2">{card.title}</Box>,
          sections: [
            {
              id: 'text',
              content: () =>
                'Complete control over request and response, models, deployments and stages. Works with Lambda, HTTP and mock integrations.',
            },
            {
              id: 'buttons',
              content: () => (
                <SpaceBetween direction="horizontal" size="xs">
                  <Button onClick={() => toForm('import')}>Import</Button>
                  <Button
                    variant="primary"
                    onClick={() => (isFirst ? setAsking(true) : toForm('new'))}
                  >
                    Build
                  </Button>
                </SpaceBetween>
              ),
            },
          ],
        }}
      />
      <Modal
        visible={isAsking}
        closeAriaLabel="Close"
        onDismiss={() => setAsking(false)}
        header="Create Example API"
        footer={
          <Box float="right">
            <Button variant="primary" onClick={() => toForm('example')}>
              OK
            </Button>
          </Box>
        }
      >
        Learn by example: the next page has the example API (PetStore) chosen for you. You can create
        it as it is, or choose another way to begin.
      </Modal>
    </>
  );
}
