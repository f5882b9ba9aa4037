import { list, query, type Xml } from './client';

export interface User {
  UserName: string;
  UserId: string;
  Arn: string;
  Path: string;
  CreateDate: string;
}
export interface Role {
  RoleName: string;
  RoleId: string;
  Arn: string;
  Path: string;
  CreateDate: string;
  Description?: string;
  AssumeRolePolicyDocument: string;
}
export interface Policy {
  PolicyName: string;
  PolicyId: string;
  Arn: string;
  Path: string;
  DefaultVersionId: string;
  AttachmentCount: string;
  CreateDate: string;
}
export interface Attached {
  PolicyName: string;
  PolicyArn: string;
}
export interface AccessKey {
  AccessKeyId: string;
  Status: string;
  CreateDate: string;
}

async function all<T>(
  action: string,
  member: string,
  input: Record<string, string | undefined> = {},
): Promise<T[]> {
  const found: T[] = [];
  let marker: string | undefined;
  do {
    const page = await query('iam', action, { ...input, Marker: marker });
    found.push(...list<T>(page[member]));
    marker = page['IsTruncated'] === 'true' ? text(page['Marker']) : undefined;
  } while (marker);
  return found;
}

const text = (value: Xml | undefined) => (typeof value === 'string' ? value : '');

export const userList = () => all<User>('ListUsers', 'Users');
export const roleList = () => all<Role>('ListRoles', 'Roles');
export const policyList = (scope: string) => all<Policy>('ListPolicies', 'Policies', { Scope: scope });
export const aliasList = () => all<string>('ListAccountAliases', 'AccountAliases');
export const accessKeyList = (user: string) =>
  all<AccessKey>('ListAccessKeys', 'AccessKeyMetadata', { UserName: user });

export async function roleGet(name: string): Promise<Role> {
  const answer = await query('iam', 'GetRole', { RoleName: name });
  return answer['Role'] as unknown as Role;
}
export async function userGet(name: string): Promise<User> {
  const answer = await query('iam', 'GetUser', { UserName: name });
  return answer['User'] as unknown as User;
}

/** A policy's default version, as its author wrote it. */
export async function policyDocument(arn: string): Promise<{ policy: Policy; document: string }> {
  const found = await query('iam', 'GetPolicy', { PolicyArn: arn });
  const policy = found['Policy'] as unknown as Policy;
  const version = await query('iam', 'GetPolicyVersion', {
    PolicyArn: arn,
    VersionId: policy.DefaultVersionId,
  });
  const content = version['PolicyVersion'] as { [name: string]: Xml };
  return { policy, document: pretty(decodeURIComponent(text(content['Document']))) };
}

/** The policies of a user or role: attached ones, and inline ones with their documents. */
export async function policiesOf(
  kind: 'User' | 'Role',
  name: string,
): Promise<{ attached: Attached[]; inline: Array<{ name: string; document: string }> }> {
  const key = { [`${kind}Name`]: name };
  const attached = await all<Attached>(`ListAttached${kind}Policies`, 'AttachedPolicies', key);
  const names = await all<string>(`List${kind}Policies`, 'PolicyNames', key);
  const inline = names.map(async (policy) => {
    const answer = await query('iam', `Get${kind}Policy`, { ...key, PolicyName: policy });
    const document = decodeURIComponent(text(answer['PolicyDocument']));
    return { name: policy, document: pretty(document) };
  });
  return { attached, inline: await Promise.all(inline) };
}

/** JSON with line ends; text that is no JSON stays as it is. */
export function pretty(document: string): string {
  try {
    return JSON.stringify(JSON.parse(document), null, 2);
  } catch {
    return document;
  }
}

export async function roleCreate(
  name: string,
  trust: string,
  path = '/',
  description?: string,
): Promise<Role> {
  const answer = await query('iam', 'CreateRole', {
    RoleName: name,
    Path: path,
    AssumeRolePolicyDocument: trust,
    Description: description,
  });
  return answer['Role'] as unknown as Role;
}
export const trustUpdate = (role: string, document: string) =>
  query('iam', 'UpdateAssumeRolePolicy', { RoleName: role, PolicyDocument: document });
export const roleDelete = (name: string) => query('iam', 'DeleteRole', { RoleName: name });
export const userCreate = (name: string) => query('iam', 'CreateUser', { UserName: name });
export const userDelete = (name: string) => query('iam', 'DeleteUser', { UserName: name });
export const policyCreate = (name: string, document: string) =>
  query('iam', 'CreatePolicy', { PolicyName: name, PolicyDocument: document });
export const policyDelete = (arn: string) => query('iam', 'DeletePolicy', { PolicyArn: arn });
export const attach = (kind: 'User' | 'Role', name: string, arn: string) =>
  query('iam', `Attach${kind}Policy`, { [`${kind}Name`]: name, PolicyArn: arn });
export const detach = (kind: 'User' | 'Role', name: string, arn: string) =>
  query('iam', `Detach${kind}Policy`, { [`${kind}Name`]: name, PolicyArn: arn });
export const inlinePut = (kind: 'User' | 'Role', name: string, policy: string, document: string) =>
  query('iam', `Put${kind}Policy`, {
    [`${kind}Name`]: name,
    PolicyName: policy,
    PolicyDocument: document,
  });

/** A new key; the only answer that ever tells its secret. */
export async function accessKeyCreate(user: string): Promise<{ id: string; secret: string }> {
  const answer = await query('iam', 'CreateAccessKey', { UserName: user });
  const key = answer['AccessKey'] as { [name: string]: Xml };
  return { id: text(key['AccessKeyId']), secret: text(key['SecretAccessKey']) };
}
export const accessKeyUpdate = (user: string, key: string, status: string) =>
  query('iam', 'UpdateAccessKey', { UserName: user, AccessKeyId: key, Status: status });
export const accessKeyDelete = (user: string, key: string) =>
  query('iam', 'DeleteAccessKey', { UserName: user, AccessKeyId: key });
