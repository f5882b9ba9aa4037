import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';

interface UnavailableProps {
  title: string;
  /** What the button would do. */
  verb: string;
  /** Why it does not, in the server's words where it has some. */
  reason: string;
  /** Of a page; else it is a part of one. */
  level?: 'h1' | 'h2';
}

/** A part of AWS's console that this server has nothing behind: there to be found, and to say why. */
export function Unavailable({ title, verb, reason, level = 'h2' }: UnavailableProps) {
  return (
    <Container
      header={
        <Header
          variant={level}
          actions={
            <Button disabled disabledReason={reason}>
              {verb}
            </Button>
          }
        >
          {title}
        </Header>
      }
    >
      <Box color="text-body-secondary">Not available on this server: {reason}</Box>
    </Container>
  );
}
