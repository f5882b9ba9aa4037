import { query } from './client';
import { all, memberRemove, policiesRemove, type Group, type User } from './iam';

export const groupList = () => all<Group>('ListGroups', 'Groups');

/** A group and its users. */
export async function groupGet(name: string): Promise<{ group: Group; users: User[] }> {
  const answer = await query('iam', 'GetGroup', { GroupName: name, MaxItems: '1' });
  const users = await all<User>('GetGroup', 'Users', { GroupName: name });
  return { group: answer['Group'] as unknown as Group, users };
}

export const groupCreate = (name: string) => query('iam', 'CreateGroup', { GroupName: name });

/** Deletes a group with what would keep it: its policies and its users' memberships. */
export async function groupDelete(name: string): Promise<void> {
  await policiesRemove('Group', name);
  const { users } = await groupGet(name);
  for (const user of users) await memberRemove(name, user.UserName);
  await query('iam', 'DeleteGroup', { GroupName: name });
}
