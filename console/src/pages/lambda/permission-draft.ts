import { uuid } from '../../api/arn';
import { command } from '../../api/cli';
import type { Permission, Statement } from '../../api/lambda';

export type PermissionKind = 'service' | 'account' | 'url';

/** A statement of a function's policy as its form has it. */
export interface PermissionDraft {
  kind: PermissionKind;
  sid: string;
  principal: string;
  organization: string;
  action: string;
  sourceArn: string;
  sourceAccount: string;
  authType: string;
}

export const URL_ACTION = 'lambda:InvokeFunctionUrl';

export function newPermission(): PermissionDraft {
  return {
    kind: 'service',
    sid: uuid(),
    principal: 'apigateway.amazonaws.com',
    organization: '',
    action: 'lambda:InvokeFunction',
    sourceArn: '',
    sourceAccount: '',
    authType: '',
  };
}

/** One text out of a policy's value. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : '';

export function principalOf(statement: Statement): string {
  if (typeof statement.Principal === 'string') return statement.Principal;
  return Object.values(statement.Principal).map(textOf).join(', ');
}

/** The condition keys that AddPermission's input writes, and the draft's member for each. */
const KEYS = {
  'aws:sourcearn': 'sourceArn',
  'aws:sourceaccount': 'sourceAccount',
  'aws:principalorgid': 'organization',
  'lambda:functionurlauthtype': 'authType',
} as const;

const conditionsOf = (statement: Statement): Array<[key: string, value: unknown]> =>
  Object.values(statement.Condition ?? {}).flatMap((one) => Object.entries(one));

/** What a draft begins with where another kind is chosen; nothing of the old one's conditions. */
export function startOf(kind: PermissionKind, { sid }: PermissionDraft): PermissionDraft {
  const start = { ...newPermission(), kind, sid };
  if (kind === 'service') return start;
  return { ...start, principal: '', authType: kind === 'url' ? 'AWS_IAM' : '' };
}

/** The draft of a statement. A condition that the form does not have is not in it. */
export function draftOf(statement: Statement): PermissionDraft {
  const found: Partial<PermissionDraft> = {};
  for (const [key, value] of conditionsOf(statement)) {
    const member = KEYS[key.toLowerCase() as keyof typeof KEYS];
    if (member) found[member] = textOf(value);
  }
  const action = textOf(statement.Action);
  const principal = principalOf(statement);
  const kind =
    action === URL_ACTION ? 'url' : principal.endsWith('.amazonaws.com') ? 'service' : 'account';
  return {
    ...newPermission(),
    ...found,
    kind,
    sid: statement.Sid ?? '',
    principal: /^arn:aws:iam::(\d{12}):root$/.exec(principal)?.[1] ?? principal,
    action,
  };
}

/** Why a statement cannot be edited by the form; nothing when it can. */
export function uneditable(statement: Statement | undefined): string | undefined {
  if (!statement?.Sid) return 'Select a statement.';
  const isOurs =
    statement.Effect === 'Allow' &&
    typeof statement.Action === 'string' &&
    typeof principalValue(statement) === 'string' &&
    conditionsOf(statement).every(
      ([key, value]) => key.toLowerCase() in KEYS && typeof value === 'string',
    );
  return isOurs ? undefined : 'It says more than this form can: use put-resource-policy.';
}

function principalValue({ Principal: principal }: Statement): unknown {
  if (typeof principal === 'string') return principal;
  const [one, more] = Object.values(principal);
  return more === undefined ? one : undefined;
}

/** What AddPermission is given. */
export function permissionOf(draft: PermissionDraft): Permission {
  const { kind, sid, principal, organization, action, sourceArn, sourceAccount, authType } = draft;
  return {
    StatementId: sid,
    Action: kind === 'url' ? URL_ACTION : action,
    Principal: kind === 'url' && authType === 'NONE' ? '*' : principal,
    ...(sourceArn ? { SourceArn: sourceArn } : {}),
    ...(sourceAccount ? { SourceAccount: sourceAccount } : {}),
    ...(organization ? { PrincipalOrgID: organization } : {}),
    ...(authType ? { FunctionUrlAuthType: authType } : {}),
  };
}

/** The command that adds such a statement. */
export function addCommand(name: string, draft: PermissionDraft): string {
  const input = permissionOf(draft);
  return command('lambda', 'add-permission', {
    'function-name': name,
    'source-arn': input.SourceArn,
    'source-account': input.SourceAccount,
    'principal-org-id': input.PrincipalOrgID,
    'function-url-auth-type': input.FunctionUrlAuthType,
    principal: input.Principal,
    'statement-id': input.StatementId,
    action: input.Action,
  });
}

export const removeCommand = (name: string, sid: string | undefined): string =>
  command('lambda', 'remove-permission', { 'function-name': name, 'statement-id': sid });
