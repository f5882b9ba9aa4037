import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { Component, type ReactNode } from 'react';

interface MishapProps {
  /** The page; another one is tried afresh. */
  page: string;
  children: ReactNode;
}

/** Stands between a page that fails and the whole console: says what happened, and offers to reload. */
export class Mishap extends Component<MishapProps, { error?: Error; page: string }> {
  override state: { error?: Error; page: string } = { page: this.props.page };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  static getDerivedStateFromProps({ page }: MishapProps, state: { error?: Error; page: string }) {
    return page === state.page ? null : { page, error: undefined };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <SpaceBetween size="l">
        <Header variant="h1">This page failed</Header>
        <Alert
          type="error"
          action={<Button onClick={() => window.location.reload()}>Reload</Button>}
        >
          {/* After an update of the server, a tab that was open asks for files that are gone. */}
          {error.message} Reloading brings the page of the server as it is now.
        </Alert>
      </SpaceBetween>
    );
  }
}
