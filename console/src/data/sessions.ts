/** What this browser remembers of its sessions: names to show, never a secret. */
export interface KnownSession {
  number: number;
  account: string;
  /** The account's alias, or its id. */
  label: string;
  arn: string;
}

const KEY = 'crossway-sessions';

export function knownSessions(): KnownSession[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(found) ? (found as KnownSession[]) : [];
  } catch {
    return [];
  }
}

function store(sessions: KnownSession[]): void {
  localStorage.setItem(KEY, JSON.stringify(sessions.sort((a, b) => a.number - b.number)));
}

export function remember(session: KnownSession): void {
  store([...knownSessions().filter((one) => one.number !== session.number), session]);
}

export function forget(number: number): void {
  store(knownSessions().filter((one) => one.number !== number));
}

/** The lowest session number that is free in this browser. */
export function freeNumber(): number {
  const taken = new Set(knownSessions().map((one) => one.number));
  let number = 0;
  while (taken.has(number)) number += 1;
  return number;
}

/** Another session of this browser that is signed in to `account`. */
export function sessionOf(account: string, except: number): KnownSession | undefined {
  return knownSessions().find((one) => one.account === account && one.number !== except);
}

/** The colour of an account, the same in every tab: a number from 0 to 5. */
export function colour(account: string): number {
  return [...account].reduce((sum, digit) => (sum * 7 + Number(digit)) % 1009, 0) % 6;
}

export interface SignedIn {
  session: number;
  account: string;
  arn: string;
}

/** The password was right, but its user has to choose another one. */
export class NewPasswordNeeded extends Error {}

/** Begins a session; the cookie that it lives by is out of every script's reach. */
export async function signIn(input: Record<string, string | number>): Promise<SignedIn> {
  const response = await fetch('/console/sign-in', {
    method: 'POST',
    headers: { 'x-crossway-console': '1', 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  if (!response.ok) {
    const text = await response.text();
    const answer = text ? (JSON.parse(text) as { message?: string; isNewPasswordNeeded?: boolean }) : {};
    const message = answer.message ?? `Signing in failed (HTTP ${response.status}).`;
    throw answer.isNewPasswordNeeded ? new NewPasswordNeeded(message) : new Error(message);
  }
  return (await response.json()) as SignedIn;
}

export async function signOut(number: number): Promise<void> {
  await fetch(`/console/s/${number}/sign-out`, {
    method: 'POST',
    headers: { 'x-crossway-console': '1' },
  });
  forget(number);
}
