import ExpandableSection from '@cloudscape-design/components/expandable-section';
import { CodeBlock } from './code-block';

/** The AWS CLI command that does what the form does. */
export function AsCli({ text }: { text: string }) {
  return (
    <ExpandableSection headerText="AWS CLI command">
      <CodeBlock text={text} label="AWS CLI command" />
    </ExpandableSection>
  );
}
