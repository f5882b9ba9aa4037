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
export interface Group {
  GroupName: string;
  GroupId: string;
  Arn: string;
  Path: string;
  CreateDate: string;
}
/** What policies are attached to. */
export type Identity = 'User' | 'Group' | 'Role';

export interface AccessKey {
  AccessKeyId: string;
  Status: string;
  CreateDate: string;
}

/** Every page of a list. */
export async function all<T>(
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

/** The policies of a user, group or role: attached ones, and inline ones with their documents. */
export async function policiesOf(
  kind: Identity,
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
/** Deletes a role with what would keep it: its policies. */
export async function roleDelete(name: string): Promise<void> {
  await policiesRemove('Role', name);
  await query('iam', 'DeleteRole', { RoleName: name });
}
export const userCreate = (name: string) => query('iam', 'CreateUser', { UserName: name });

/** Deletes a user with what would keep it: policies, access keys, password and memberships. */
export async function userDelete(name: string): Promise<void> {
  await policiesRemove('User', name);
  for (const key of await accessKeyList(name)) await accessKeyDelete(name, key.AccessKeyId);
  for (const { GroupName } of await groupsOf(name)) await memberRemove(GroupName, name);
  if (await loginProfileGet(name)) await loginProfileDelete(name);
  await query('iam', 'DeleteUser', { UserName: name });
}

/** The groups that a user is in. */
export const groupsOf = (user: string) =>
  all<Group>('ListGroupsForUser', 'Groups', { UserName: user });
export const memberAdd = (group: string, user: string) =>
  query('iam', 'AddUserToGroup', { GroupName: group, UserName: user });
export const memberRemove = (group: string, user: string) =>
  query('iam', 'RemoveUserFromGroup', { GroupName: group, UserName: user });

/** Detaches and deletes what would keep an identity from being deleted. */
export async function policiesRemove(kind: Identity, name: string): Promise<void> {
  const { attached, inline } = await policiesOf(kind, name);
  for (const policy of attached) await detach(kind, name, policy.PolicyArn);
  for (const policy of inline) await inlineDelete(kind, name, policy.name);
}

export interface LoginProfile {
  UserName: string;
  CreateDate: string;
  PasswordResetRequired: string;
}

/** Whether and since when a user may sign in with a password. */
export async function loginProfileGet(user: string): Promise<LoginProfile | undefined> {
  try {
    const answer = await query('iam', 'GetLoginProfile', { UserName: user });
    return answer['LoginProfile'] as unknown as LoginProfile;
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchEntity') return undefined;
    throw error;
  }
}
export const loginProfilePut = (
  operation: 'Create' | 'Update',
  user: string,
  password: string,
  isResetRequired: boolean,
) =>
  query('iam', `${operation}LoginProfile`, {
    UserName: user,
    Password: password,
    PasswordResetRequired: String(isResetRequired),
  });
export const loginProfileDelete = (user: string) =>
  query('iam', 'DeleteLoginProfile', { UserName: user });
export const passwordChange = (old: string, fresh: string) =>
  query('iam', 'ChangePassword', { OldPassword: old, NewPassword: fresh });

export const aliasCreate = (alias: string) =>
  query('iam', 'CreateAccountAlias', { AccountAlias: alias });
export const aliasDelete = (alias: string) =>
  query('iam', 'DeleteAccountAlias', { AccountAlias: alias });

/** How much of everything the account has. */
export async function accountSummary(): Promise<Record<string, number>> {
  const answer = await query('iam', 'GetAccountSummary', {});
  const entries = list<{ key: string; value: string }>(answer['SummaryMap']);
  return Object.fromEntries(entries.map(({ key, value }) => [key, Number(value)]));
}

export interface PolicyVersion {
  VersionId: string;
  IsDefaultVersion: string;
  CreateDate: string;
}
export const versionList = (arn: string) =>
  all<PolicyVersion>('ListPolicyVersions', 'Versions', { PolicyArn: arn });
export const versionCreate = (arn: string, document: string) =>
  query('iam', 'CreatePolicyVersion', {
    PolicyArn: arn,
    PolicyDocument: document,
    SetAsDefault: 'true',
  });
export const versionSet = (arn: string, version: string) =>
  query('iam', 'SetDefaultPolicyVersion', { PolicyArn: arn, VersionId: version });
export const versionDelete = (arn: string, version: string) =>
  query('iam', 'DeletePolicyVersion', { PolicyArn: arn, VersionId: version });

/** Users, groups and roles that a policy is attached to. */
export async function entitiesOf(arn: string): Promise<Array<{ kind: Identity; name: string }>> {
  const answer = await query('iam', 'ListEntitiesForPolicy', { PolicyArn: arn });
  const users = list<{ UserName: string }>(answer['PolicyUsers']);
  const groups = list<{ GroupName: string }>(answer['PolicyGroups']);
  const roles = list<{ RoleName: string }>(answer['PolicyRoles']);
  return [
    ...users.map((one) => ({ kind: 'User' as const, name: one.UserName })),
    ...groups.map((one) => ({ kind: 'Group' as const, name: one.GroupName })),
    ...roles.map((one) => ({ kind: 'Role' as const, name: one.RoleName })),
  ];
}
export const policyCreate = (name: string, document: string) =>
  query('iam', 'CreatePolicy', { PolicyName: name, PolicyDocument: document });
/** Deletes a policy with what would keep it: attachments and older versions. */
export async function policyDelete(arn: string): Promise<void> {
  for (const { kind, name } of await entitiesOf(arn)) await detach(kind, name, arn);
  for (const version of await versionList(arn)) {
    if (version.IsDefaultVersion !== 'true') await versionDelete(arn, version.VersionId);
  }
  await query('iam', 'DeletePolicy', { PolicyArn: arn });
}
export const attach = (kind: Identity, name: string, arn: string) =>
  query('iam', `Attach${kind}Policy`, { [`${kind}Name`]: name, PolicyArn: arn });
export const detach = (kind: Identity, name: string, arn: string) =>
  query('iam', `Detach${kind}Policy`, { [`${kind}Name`]: name, PolicyArn: arn });
export const inlinePut = (kind: Identity, name: string, policy: string, document: string) =>
  query('iam', `Put${kind}Policy`, {
    [`${kind}Name`]: name,
    PolicyName: policy,
    PolicyDocument: document,
  });

export const inlineDelete = (kind: Identity, name: string, policy: string) =>
  query('iam', `Delete${kind}Policy`, { [`${kind}Name`]: name, PolicyName: policy });

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
