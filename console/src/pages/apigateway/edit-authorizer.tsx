import { useState } from 'react';
import { uuid } from '../../api/arn';
import { authorizerCreate, authorizerUpdate, type Authorizer } from '../../api/authorizers';
import { command, patchCommand } from '../../api/cli';
import { useIdentity } from '../../data/identity';
import { useFlash } from '../../shell/flash';
import { Dialog } from '../../ui/dialog';
import { AddPermission } from './add-permission';
import {
  authorizerArn,
  authorizerDraftOf,
  authorizerInput,
  authorizerPatches,
  authorizerTarget,
  isReady,
  type AuthorizerDraft,
} from './authorizer-draft';
import { AuthorizerForm } from './authorizer-form';
import { addPermission, ownerPlace, verdict } from './permission';

interface EditAuthorizerProps {
  api: string;
  /** None creates one. */
  authorizer?: Authorizer | undefined;
  onDone: () => void;
  onClose: () => void;
}

/** Creates or edits an authorizer. A function of this account gets its permission on saving; for
 * another account's, the command with the authorizer's id is shown once there is one. */
export default function EditAuthorizer({ api, authorizer, onDone, onClose }: EditAuthorizerProps) {
  const who = useIdentity();
  const flash = useFlash();
  const [draft, setDraft] = useState(() => authorizerDraftOf(authorizer));
  const [sid] = useState(uuid);
  const [made, setMade] = useState<Authorizer>();
  const change = (part: Partial<AuthorizerDraft>) => setDraft((old) => ({ ...old, ...part }));
  const target = authorizerTarget(draft, who.account);
  const input = authorizerInput(draft, who.account);
  const source = (id: string) => authorizerArn(target?.region ?? draft.region, who.account, api, id);

  const run = async () => {
    const saved = authorizer
      ? await authorizerUpdate(api, authorizer.id, authorizerPatches(authorizer, input))
      : await authorizerCreate(api, { ...input });
    flash.success(
      `${authorizer ? 'Saved' : 'Successfully created'} authorizer '${saved.name}'.`,
    );
    onDone();
    if (!target || draft.role) return onClose();
    const known = await verdict(target, source(saved.id), who.account);
    if (known.kind === 'granted') return onClose();
    if (target.account !== who.account) return setMade(saved);
    const owner = ownerPlace(target, who.account);
    if (owner) {
      await addPermission(target, source(saved.id), sid, owner.place).catch((problem: unknown) =>
        flash.failure(problem, 'The authorizer was saved; the permission was not added'),
      );
    }
    onClose();
  };
  if (made && target) {
    return (
      <Dialog
        title="Add Permission to Lambda Function"
        verb="OK"
        size="large"
        run={async () => {}}
        onClose={onClose}
      >
        <AddPermission target={target} sourceArn={source(made.id)} sid={sid} />
      </Dialog>
    );
  }
  const { name, type, ...rest } = input;
  return (
    <Dialog
      title={authorizer ? `Edit authorizer ${authorizer.name}` : 'Create authorizer'}
      verb={authorizer ? 'Save changes' : 'Create authorizer'}
      size="large"
      staysOpen
      isReady={isReady(draft, who.account)}
      run={run}
      onClose={onClose}
      cli={
        authorizer
          ? patchCommand(
              'update-authorizer',
              { 'rest-api-id': api, 'authorizer-id': authorizer.id },
              authorizerPatches(authorizer, input),
            )
          : command('apigateway', 'create-authorizer', {
              'rest-api-id': api,
              name,
              type,
              'provider-arns': rest.providerARNs,
              'authorizer-uri': rest.authorizerUri,
              'authorizer-credentials': rest.authorizerCredentials,
              'identity-source': rest.identitySource,
              'identity-validation-expression': rest.identityValidationExpression,
              'authorizer-result-ttl-in-seconds': rest.authorizerResultTtlInSeconds,
              'jwt-configuration': rest.jwtConfiguration && JSON.stringify(rest.jwtConfiguration),
            })
      }
    >
      <AuthorizerForm
        draft={draft}
        change={change}
        sourceArn={source(authorizer?.id ?? 'AUTHORIZER_ID')}
        sid={sid}
        isNew={!authorizer}
      />
    </Dialog>
  );
}
