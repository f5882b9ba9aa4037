import { query, type Xml } from './client';
import type { Place } from './place';

export interface Identity {
  Account: string;
  Arn: string;
  UserId: string;
}

/** Who the session is. */
export async function callerIdentity(place?: Place): Promise<Identity> {
  return (await query('sts', 'GetCallerIdentity', {}, place)) as unknown as Identity;
}

export interface RoleCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

/** Credentials of a role, to open a session of their own with. */
export async function assumeRole(arn: string, name: string): Promise<RoleCredentials> {
  const answer = await query('sts', 'AssumeRole', { RoleArn: arn, RoleSessionName: name });
  const found = answer['Credentials'] as { [name: string]: Xml };
  const text = (key: string) => String(found[key] ?? '');
  return {
    accessKeyId: text('AccessKeyId'),
    secretAccessKey: text('SecretAccessKey'),
    sessionToken: text('SessionToken'),
  };
}
