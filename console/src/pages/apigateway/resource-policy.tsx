import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useParams } from 'react-router';
import { apiGet, apiUpdate, type Patch } from '../../api/apigateway';
import { patchCommand } from '../../api/cli';
import { pretty } from '../../api/iam';
import { useData } from '../../data/useData';
import { describe, useFlash } from '../../shell/flash';
import { AsCli } from '../../ui/as-cli';
import { DeleteDialog } from '../../ui/delete-dialog';
import { isSavable, PolicyField } from '../../ui/policy-field';
import { Opening } from '../../ui/opening';

const statement = (effect: string, more: Record<string, unknown>) => ({
  Effect: effect,
  Principal: '*',
  Action: 'execute-api:Invoke',
  Resource: 'execute-api:/{{stageNameOrWildcard}}/{{httpVerbOrWildcard}}/{{resourcePathOrWildcard}}',
  ...more,
});

const EXAMPLES: Record<string, unknown> = {
  'AWS account allowlist': [
    statement('Allow', { Principal: { AWS: ['arn:aws:iam::{{otherAWSAccountID}}:root'] } }),
  ],
  'IP range denylist': [
    statement('Deny', { Condition: { IpAddress: { 'aws:SourceIp': ['{{sourceIpOrCIDRBlock}}'] } } }),
    statement('Allow', {}),
  ],
};

/** Who may call the API, whatever its methods ask for. */
export default function ResourcePolicy() {
  const { api = '' } = useParams();
  const found = useData(`api/${api}`, () => apiGet(api));
  if (!found.value) return <Opening data={found} />;
  return <Editor api={api} policy={found.value.policy ?? ''} onSaved={found.reload} />;
}

/** The API answers its policy as JSON inside a JSON text, with escaped quotes. */
function readable(policy: string): string {
  return pretty(policy.replaceAll('\\"', '"').replaceAll('\\/', '/'));
}

interface EditorProps {
  api: string;
  policy: string;
  onSaved: () => void;
}

function Editor({ api, policy, onSaved }: EditorProps) {
  const flash = useFlash();
  const saved = policy ? readable(policy) : '';
  const [text, setText] = useState(saved);
  const [isDeleting, setDeleting] = useState(false);
  const patches: Patch[] = [{ op: 'replace', path: '/policy', value: text }];
  const removal: Patch[] = [{ op: 'replace', path: '/policy', value: '' }];
  const [error, setError] = useState<unknown>();
  const save = () => {
    setError(undefined);
    apiUpdate(api, patches).then(() => {
      flash.success('Saved the resource policy. Deploy the API to make it live.');
      onSaved();
    }, setError);
  };
  return (
    <Container
      header={
        <Header
          variant="h1"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <ButtonDropdown
                items={Object.keys(EXAMPLES).map((id) => ({ id, text: id }))}
                onItemClick={({ detail }) =>
                  setText(
                    JSON.stringify(
                      { Version: '2012-10-17', Statement: EXAMPLES[detail.id] },
                      null,
                      2,
                    ),
                  )
                }
              >
                Select a template
              </ButtonDropdown>
              <Button disabled={!policy} onClick={() => setDeleting(true)}>
                Delete
              </Button>
              <Button variant="primary" disabled={!isSavable(text, 'resource') || text === saved} onClick={save}>
                Save changes
              </Button>
            </SpaceBetween>
          }
        >
          Resource policy
        </Header>
      }
    >
      <SpaceBetween size="m">
        {error !== undefined && <Alert type="error">{describe(error)}</Alert>}
        {text === '' ? (
          <Box textAlign="center" color="text-body-secondary" padding="l">
            No resource policy. Whoever the methods’ authorization lets in may call the API.
          </Box>
        ) : (
          <>
            <PolicyField label="Policy" kind="resource" value={text} onChange={setText} rows={18} />
            <AsCli text={patchCommand('update-rest-api', { 'rest-api-id': api }, patches)} />
          </>
        )}
      </SpaceBetween>
      {isDeleting && (
        <DeleteDialog
          what="the resource policy"
          word="confirm"
          cli={patchCommand('update-rest-api', { 'rest-api-id': api }, removal)}
          run={() => apiUpdate(api, removal)}
          onDone={() => {
            setText('');
            onSaved();
          }}
          onClose={() => setDeleting(false)}
        />
      )}
    </Container>
  );
}
