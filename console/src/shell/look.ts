import { applyMode, Mode } from '@cloudscape-design/global-styles';

const KEY = 'crossway-look';

export type Look = 'light' | 'dark' | 'browser';

export const look = (): Look => (localStorage.getItem(KEY) as Look | null) ?? 'browser';

export const isDark = (): boolean =>
  look() === 'dark' || (look() === 'browser' && matchMedia('(prefers-color-scheme: dark)').matches);

const followers = new Set<() => void>();

/** For what draws itself without style sheets; returns how to stop. */
export function followLook(follower: () => void): () => void {
  followers.add(follower);
  return () => followers.delete(follower);
}

export function applyLook(): void {
  applyMode(isDark() ? Mode.Dark : Mode.Light);
  followers.forEach((follower) => follower());
}

export function changeLook(to: Look): void {
  localStorage.setItem(KEY, to);
  applyLook();
}
