import type { Statement } from '../../api/lambda';
import * as lambda from '../../api/lambda';
import { AwsError } from '../../api/client';
import { here, type Place } from '../../api/place';
import type { FunctionName } from '../../api/arn';
import { sessionOf, type KnownSession } from '../../data/sessions';

/** The command that the function's owner runs: AWS's words in AWS's order. */
export function addPermissionCommand(target: FunctionName, sourceArn: string, sid: string): string {
  return [
    'aws lambda add-permission',
    `--function-name ${target.arn}`,
    `--source-arn ${sourceArn}`,
    '--principal apigateway.amazonaws.com',
    `--statement-id ${sid}`,
    '--action lambda:InvokeFunction',
  ].join(' ');
}

/** What the command does, as the session at `place`. */
export const addPermission = (
  target: FunctionName,
  sourceArn: string,
  sid: string,
  place: Place,
): Promise<unknown> =>
  lambda.permissionAdd(
    target.name,
    {
      StatementId: sid,
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      SourceArn: sourceArn,
    },
    target.qualifier,
    place,
  );

/** Where the function's owner is signed in, in this browser. */
export function ownerPlace(
  target: FunctionName,
  account: string,
): { place: Place; session: KnownSession | undefined } | undefined {
  const { session } = here();
  if (target.account === account) {
    return { place: { session, region: target.region }, session: undefined };
  }
  const other = sessionOf(target.account, session);
  return other && { place: { session: other.number, region: target.region }, session: other };
}

export type Verdict =
  | { kind: 'granted'; sid: string; stage?: string }
  | { kind: 'missing'; reason: string }
  | { kind: 'unknown'; reason: string };

/** Whether the function's policy lets the method call it, as far as the page may know. */
export async function verdict(
  target: FunctionName,
  sourceArn: string,
  account: string,
): Promise<Verdict> {
  const owner = ownerPlace(target, account);
  if (!owner) {
    return { kind: 'unknown', reason: `Sign in to account ${target.account} to see its policy` };
  }
  try {
    const policy = await lambda.policyGet(target.name, target.qualifier, owner.place);
    return judge(policy?.statements ?? [], sourceArn, account);
  } catch (error) {
    if (error instanceof AwsError && error.status === 403) {
      return { kind: 'unknown', reason: 'You may not read the policy of the function' };
    }
    return { kind: 'missing', reason: error instanceof Error ? error.message : String(error) };
  }
}

function judge(statements: Statement[], sourceArn: string, account: string): Verdict {
  const invoking = statements.filter(concernsInvoke);
  if (invoking.some((one) => one.Effect === 'Deny')) {
    return { kind: 'unknown', reason: 'The policy has a Deny statement: use the Test tab' };
  }
  for (const statement of invoking) {
    const stage = stageGranted(statement, sourceArn, account);
    if (stage === undefined) continue;
    const sid = statement.Sid ?? '(no Sid)';
    return stage === '*' ? { kind: 'granted', sid } : { kind: 'granted', sid, stage };
  }
  const other = invoking[0];
  if (!other) {
    return { kind: 'missing', reason: 'No statement allows apigateway.amazonaws.com to invoke it' };
  }
  return {
    kind: 'missing',
    reason: `Statement ${other.Sid ?? ''} allows another source: ${sourceOf(other)[0] ?? 'none'}`,
  };
}

const many = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

function concernsInvoke(statement: Statement): boolean {
  const principal = statement.Principal;
  const services = typeof principal === 'string' ? [principal] : many(principal['Service']);
  const isGateway = services.some((one) => one === '*' || one === 'apigateway.amazonaws.com');
  const actions = many(statement.Action);
  return isGateway && actions.some((one) => like(one.toLowerCase(), 'lambda:invokefunction'));
}

/** Values of a condition key, whatever operator and spelling. */
function condition(statement: Statement, key: string): string[] {
  const operators = Object.values(statement.Condition ?? {});
  const pairs = operators.flatMap((one) => Object.entries(one));
  return pairs.filter(([name]) => name.toLowerCase() === key).flatMap(([, value]) => many(value));
}

const sourceOf = (statement: Statement) => condition(statement, 'aws:sourcearn');

/** The stage that a statement allows: `*` for all, nothing when it allows none. */
function stageGranted(
  statement: Statement,
  sourceArn: string,
  account: string,
): string | undefined {
  const accounts = condition(statement, 'aws:sourceaccount');
  if (accounts.length > 0 && !accounts.includes(account)) return undefined;
  const sources = sourceOf(statement);
  if (sources.length === 0) return '*';
  for (const pattern of sources) {
    // A stage of any name, so that only a pattern for all stages matches.
    if (like(pattern, sourceArn.replace('/*/', '/any-stage/'))) return '*';
    const stage = pattern.split('/')[1] ?? '';
    if (like(pattern, sourceArn.replace('/*/', `/${stage}/`))) return stage;
  }
  return undefined;
}

/** Whether a pattern with `*` and `?` matches a text. */
export function like(pattern: string, text: string): boolean {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${source.replaceAll('?', '.')}$`, 's').test(text);
}
