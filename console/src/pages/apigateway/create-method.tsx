import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { methodPut, resourceList } from '../../api/apigateway';
import { methodArn, uuid } from '../../api/arn';
import { authorizerList } from '../../api/authorizers';
import { command } from '../../api/cli';
import { here } from '../../api/place';
import { useIdentity } from '../../data/identity';
import { useData } from '../../data/useData';
import { describe, useFlash } from '../../shell/flash';
import { AsCli } from '../../ui/as-cli';
import {
  draftOf,
  isComplete,
  putCommand,
  saveIntegration,
  targetOf,
  type IntegrationDraft,
} from './integration-draft';
import { IntegrationForm, VERBS } from './integration-form';
import { methodOptions, putMethodInput, requestDraftOf } from './method-request-draft';
import { MethodRequestForm } from './method-request-form';
import { addPermission, ownerPlace } from './permission';

/** `Create method`: the method and its integration on one page. */
export default function CreateMethod() {
  const { api = '' } = useParams();
  const [search] = useSearchParams();
  const resourceId = search.get('resource') ?? '';
  const resources = useData(`resources/${api}`, () => resourceList(api));
  const resource = resources.value?.find((one) => one.id === resourceId);
  const who = useIdentity();
  const navigate = useNavigate();
  const flash = useFlash();
  const [verb, setVerb] = useState('');
  const authorizers = useData(`authorizers/${api}`, () => authorizerList(api));
  const [request, setRequest] = useState(() => requestDraftOf(undefined, []));
  const [draft, setDraft] = useState(() => draftOf(undefined));
  const [sid] = useState(uuid);
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const change = (part: Partial<IntegrationDraft>) => setDraft((old) => ({ ...old, ...part }));
  const back = `/apigateway/apis/${api}/resources?resource=${resourceId}`;
  const sourceRegion = targetOf(draft, who.account)?.region ?? here().region;
  const sourceArn =
    verb && resource
      ? methodArn(sourceRegion, who.account, api, verb, resource.path)
      : undefined;
  const at = { api, resource: resourceId, verb };

  const create = async () => {
    const input = await putMethodInput(api, request, authorizers.value ?? []);
    const method = await methodPut(api, resourceId, verb, input);
    await saveIntegration(at, draft, method, who.account);
    const target = targetOf(draft, who.account);
    const owner = target && ownerPlace(target, who.account);
    if (target && owner && target.account === who.account && sourceArn) {
      await addPermission(target, sourceArn, sid, owner.place).catch((problem: unknown) =>
        flash.failure(problem, 'The method was created; the permission was not added'),
      );
    }
  };
  const submit = () => {
    setBusy(true);
    setError(undefined);
    create().then(
      () => {
        flash.success(`Successfully created method '${verb}' in '${resource?.path ?? ''}'.`);
        void navigate(`${back}&method=${verb}`);
      },
      (problem: unknown) => {
        setError(problem);
        setBusy(false);
      },
    );
  };
  return (
    <Form
      header={<Header variant="h1">Create method</Header>}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="link" onClick={() => void navigate(back)}>
            Cancel
          </Button>
          <Button
            variant="primary"
            loading={isBusy}
            disabled={!verb || !isComplete(draft, who.account)}
            onClick={submit}
          >
            Create method
          </Button>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="l">
        {error !== undefined && <Alert type="error">{describe(error)}</Alert>}
        <Container
          header={
            <Header variant="h2" description={resource && `Resource ${resource.path}`}>
              Method details
            </Header>
          }
        >
          <SpaceBetween size="l">
            <VerbField verb={verb} choose={setVerb} />
            <IntegrationForm
              draft={draft}
              change={change}
              sourceArn={sourceArn}
              sid={sid}
              at={{ api, path: resource?.path ?? '/', verb }}
            />
          </SpaceBetween>
        </Container>
        <ExpandableSection variant="container" headerText="Method request settings">
          <MethodRequestForm
            api={api}
            draft={request}
            authorizers={authorizers.value ?? []}
            change={(part) => setRequest((old) => ({ ...old, ...part }))}
          />
        </ExpandableSection>
        {verb && (
          <AsCli
            text={[
              command('apigateway', 'put-method', {
                'rest-api-id': api,
                'resource-id': resourceId,
                'http-method': verb,
                ...methodOptions(request, authorizers.value ?? []),
              }),
              putCommand(at, draft, who.account),
            ].join('\n')}
          />
        )}
      </SpaceBetween>
    </Form>
  );
}

function VerbField({ verb, choose }: { verb: string; choose: (verb: string) => void }) {
  return (
    <FormField label="Method type">
      <Select
        placeholder="Select a method"
        options={VERBS.map((value) => ({ value, label: value }))}
        selectedOption={verb ? { value: verb, label: verb } : null}
        onChange={({ detail }) => choose(detail.selectedOption.value ?? '')}
      />
    </FormField>
  );
}
