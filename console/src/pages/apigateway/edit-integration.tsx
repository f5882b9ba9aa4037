import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { methodArn, uuid } from '../../api/arn';
import { here } from '../../api/place';
import { useIdentity } from '../../data/identity';
import { describe, useFlash } from '../../shell/flash';
import { AsCli } from '../../ui/as-cli';
import { Dialog } from '../../ui/dialog';
import { AddPermission } from './add-permission';
import {
  draftOf,
  isComplete,
  putCommand,
  saveIntegration,
  targetOf,
  type IntegrationDraft,
} from './integration-draft';
import { IntegrationForm } from './integration-form';
import type { MethodPart } from './method-part';
import { addPermission, ownerPlace, verdict } from './permission';

/** Edits an integration. Saving one with a function asks about its permission, as the tutorial
 * says: the popup `Add Permission to Lambda Function`. */
export function EditIntegration(props: MethodPart & { onClose: () => void }) {
  const { api, resource, method, onChanged, onClose } = props;
  const who = useIdentity();
  const flash = useFlash();
  const [draft, setDraft] = useState(() => draftOf(method.methodIntegration));
  const [sid] = useState(uuid);
  const [isAsking, setAsking] = useState(false);
  const [error, setError] = useState<unknown>();
  const change = (part: Partial<IntegrationDraft>) => setDraft((old) => ({ ...old, ...part }));
  const at = { api, resource: resource.id, verb: method.httpMethod };
  const target = targetOf(draft, who.account);
  const sourceRegion = target?.region ?? here().region;
  const sourceArn = methodArn(sourceRegion, who.account, api, at.verb, resource.path);

  const save = async () => {
    await saveIntegration(at, draft, method, who.account);
    flash.success('Saved the integration. Deploy the API to make it live.');
    onChanged();
    onClose();
  };
  const confirm = async () => {
    const owner = target && ownerPlace(target, who.account);
    if (target && owner && target.account === who.account) {
      const known = await verdict(target, sourceArn, who.account);
      if (known.kind !== 'granted') await addPermission(target, sourceArn, sid, owner.place);
    }
    await save();
  };
  return (
    <Form
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="link" onClick={onClose}>
            Cancel
          </Button>
          <Button
            variant="primary"
            disabled={!isComplete(draft, who.account)}
            onClick={() => (target ? setAsking(true) : void save().catch(setError))}
          >
            Save
          </Button>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="l">
        {error !== undefined && <Alert type="error">{describe(error)}</Alert>}
        <Container header={<Header variant="h3">Edit integration request</Header>}>
          <IntegrationForm
            draft={draft}
            change={change}
            sourceArn={sourceArn}
            sid={sid}
            at={{ api, path: resource.path, verb: at.verb }}
          />
        </Container>
        <AsCli text={putCommand(at, draft, who.account)} />
      </SpaceBetween>
      {isAsking && target && (
        <Dialog
          title="Add Permission to Lambda Function"
          verb="OK"
          size="large"
          run={confirm}
          onClose={() => setAsking(false)}
        >
          <AddPermission target={target} sourceArn={sourceArn} sid={sid} />
        </Dialog>
      )}
    </Form>
  );
}
