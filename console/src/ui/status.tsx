import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { Breakable } from './breakable';

interface StatusProps {
  type: 'success' | 'warning' | 'info' | 'error' | 'pending' | 'loading';
  text: string;
}

const WORDS = {
  success: 'Done',
  warning: 'Warning',
  info: 'Note',
  error: 'Error',
  pending: 'To do',
  loading: 'Loading',
};

/** A state in words. Long texts break between words, which a status indicator's own do not. */
export function Status({ type, text }: StatusProps) {
  return (
    <span className="status">
      <StatusIndicator type={type} iconAriaLabel={WORDS[type]} />
      <span className={`status-${type}`}><Breakable text={text} /></span>
    </span>
  );
}
