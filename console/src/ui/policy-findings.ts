/** What is wrong, or may be, with a policy document. */
export interface Finding {
  kind: 'Error' | 'Warning' | 'Security';
  text: string;
}

/** Whom a policy is for: identities, a resource, or a role's trust. */
export type PolicyKind = 'identity' | 'resource' | 'trust';

const MEMBERS = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);
const OPERATOR =
  /^(ForAllValues:|ForAnyValue:)?(String(Not)?(Equals|EqualsIgnoreCase|Like)|Numeric(Not)?(Equals)|Numeric(LessThan|GreaterThan)(Equals)?|Date(Not)?Equals|Date(LessThan|GreaterThan)(Equals)?|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like)|Null)(IfExists)?$/;

/** Findings while a document is typed. The server has the last word when it is saved. */
export function findings(text: string, kind: PolicyKind): Finding[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return [{ kind: 'Error', text: error instanceof Error ? error.message : 'This is no JSON.' }];
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    return [{ kind: 'Error', text: 'A policy is a JSON object.' }];
  }
  const found: Finding[] = [];
  const policy = document as Record<string, unknown>;
  for (const member of Object.keys(policy)) {
    if (!['Version', 'Id', 'Statement'].includes(member)) {
      found.push({ kind: 'Error', text: `A policy has no member ${member}.` });
    }
  }
  if (policy['Version'] === undefined) {
    found.push({
      kind: 'Warning',
      text: 'Without Version 2012-10-17, policy variables are not read.',
    });
  } else if (policy['Version'] !== '2012-10-17' && policy['Version'] !== '2008-10-17') {
    found.push({ kind: 'Error', text: 'Version is 2012-10-17 or 2008-10-17.' });
  }
  const statements = policy['Statement'];
  const all: unknown[] = Array.isArray(statements) ? statements : [statements];
  if (statements === undefined || all.length === 0) {
    found.push({ kind: 'Error', text: 'A policy needs a Statement.' });
    return found;
  }
  const sids = new Set<unknown>();
  all.forEach((one, at) => {
    const where = `Statement ${at + 1}`;
    if (typeof one !== 'object' || one === null) {
      found.push({ kind: 'Error', text: `${where} is no object.` });
      return;
    }
    const statement = one as Record<string, unknown>;
    found.push(...findingsOf(statement, kind, where));
    const sid = statement['Sid'];
    if (sid !== undefined && sids.has(sid)) {
      found.push({ kind: 'Error', text: `${where}: Sid ${String(sid)} is used twice.` });
    }
    sids.add(sid);
  });
  return found;
}

function findingsOf(
  statement: Record<string, unknown>,
  kind: PolicyKind,
  where: string,
): Finding[] {
  const found: Finding[] = [];
  const error = (text: string) => found.push({ kind: 'Error', text: `${where}: ${text}` });
  const has = (name: string) => statement[name] !== undefined;
  for (const member of Object.keys(statement)) {
    if (!MEMBERS.has(member)) error(`there is no member ${member}.`);
  }
  if (statement['Effect'] !== 'Allow' && statement['Effect'] !== 'Deny') {
    error('Effect is Allow or Deny.');
  }
  const pairs: Array<[string, string, boolean]> = [
    ['Action', 'NotAction', true],
    ['Resource', 'NotResource', kind === 'identity'],
    ['Principal', 'NotPrincipal', kind !== 'identity'],
  ];
  for (const [one, other, isNeeded] of pairs) {
    if (has(one) && has(other)) error(`${one} and ${other} exclude each other.`);
    if (isNeeded && !has(one) && !has(other)) error(`${one} is missing.`);
  }
  if (kind === 'identity' && (has('Principal') || has('NotPrincipal'))) {
    error('Principal has no place in the policy of a user or role.');
  }
  if (kind === 'trust' && (has('Resource') || has('NotResource'))) {
    error('Resource has no place in a trust policy.');
  }
  found.push(...wordFindings(statement, where), ...conditionFindings(statement, where));
  const isOpen = JSON.stringify(statement['Principal'] ?? '').includes('"*"');
  if (statement['Effect'] === 'Allow' && isOpen && !has('Condition')) {
    found.push({
      kind: 'Security',
      text: `${where}: every account may do this, since Principal is * and there is no Condition.`,
    });
  }
  return found;
}

const words = (value: unknown): unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as unknown[]) : [value];

function wordFindings(statement: Record<string, unknown>, where: string): Finding[] {
  const found: Finding[] = [];
  for (const member of ['Action', 'NotAction']) {
    if (Array.isArray(statement[member]) && words(statement[member]).length === 0) {
      found.push({ kind: 'Error', text: `${where}: ${member} is empty.` });
    }
    for (const one of words(statement[member])) {
      if (one !== '*' && !/^[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+$/.test(String(one))) {
        found.push({
          kind: 'Error',
          text: `${where}: ${member} ${String(one)} is no service:operation.`,
        });
      }
    }
  }
  for (const one of [...words(statement['Resource']), ...words(statement['NotResource'])]) {
    if (!/^(\*|arn:|execute-api:)/.test(String(one))) {
      found.push({ kind: 'Error', text: `${where}: Resource ${String(one)} is no ARN.` });
    }
  }
  const isWide =
    statement['Effect'] === 'Allow' &&
    words(statement['Action']).includes('*') &&
    words(statement['Resource']).includes('*');
  if (isWide) {
    found.push({ kind: 'Security', text: `${where}: allows every action on every resource.` });
  }
  return found;
}

function conditionFindings(statement: Record<string, unknown>, where: string): Finding[] {
  const condition = statement['Condition'];
  if (condition === undefined) return [];
  if (typeof condition !== 'object' || condition === null) {
    return [{ kind: 'Error', text: `${where}: Condition is no object.` }];
  }
  return Object.keys(condition)
    .filter((operator) => !OPERATOR.test(operator))
    .map((operator) => ({
      kind: 'Error' as const,
      text: `${where}: there is no condition operator ${operator}.`,
    }));
}
