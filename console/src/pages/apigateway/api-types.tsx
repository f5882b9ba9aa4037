import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Cards from '@cloudscape-design/components/cards';
import Header from '@cloudscape-design/components/header';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate } from 'react-router';

interface ApiType {
  title: string;
  text: string;
  /** Why there is none here. */
  lack?: string;
}

/** As AWS's console orders them, the one that is here first. */
const TYPES: ApiType[] = [
  {
    title: 'REST API',
    text: 'Complete control over request and response, models, deployments and stages. Works with Lambda, HTTP, AWS services, VPC links and mock integrations.',
  },
  {
    title: 'HTTP API',
    text: 'AWS’s lighter kind of API.',
    lack: 'This server has no API Gateway v2: it serves REST APIs alone.',
  },
  {
    title: 'WebSocket API',
    text: 'APIs over lasting connections.',
    lack: 'This server has no API Gateway v2: it serves REST APIs alone.',
  },
];

/** The cards from which an API is built. */
export default function ApiTypes({ isFirst }: { isFirst: boolean }) {
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const toForm = (from: string) => void navigate(`/apigateway/create?from=${from}`);
  return (
    <>
      <Cards
        items={TYPES}
        trackBy="title"
        cardsPerRow={[{ cards: 1 }, { minWidth: 700, cards: 3 }]}
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
              content: (card) => card.text,
            },
            {
              id: 'buttons',
              content: ({ lack }) =>
                lack ? (
                  <Button disabled disabledReason={lack}>
                    Not available
                  </Button>
                ) : (
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
