import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useParams } from 'react-router';
import { policyDocument } from '../../api/iam';
import { useData } from '../../data/useData';
import { CodeBlock } from '../../ui/code-block';
import { Copyable } from '../../ui/copy';
import { Problem } from '../../ui/problem';

/** A policy and the document of its default version. */
export default function Policy() {
  const { arn = '' } = useParams();
  const found = useData(`policy/${arn}`, () => policyDocument(arn));
  if (found.error) return <Problem error={found.error} retry={found.reload} />;
  if (!found.value) return <Spinner size="large" />;
  const { policy, document } = found.value;
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{policy.PolicyName}</Header>
      <Container header={<Header variant="h2">Policy details</Header>}>
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'ARN', value: <Copyable text={arn} label="policy ARN" /> },
            { label: 'Default version', value: policy.DefaultVersionId },
            { label: 'Attached entities', value: policy.AttachmentCount },
          ]}
        />
      </Container>
      <Container header={<Header variant="h2">Permissions defined in this policy</Header>}>
        <CodeBlock text={document} label="policy document" tall />
      </Container>
    </SpaceBetween>
  );
}
