import { here } from '../../api/place';

/** A test event that was given a name. */
export interface SavedEvent {
  name: string;
  event: string;
}

/** Source: AWS's page "Testing Lambda functions in the console": up to 10 private events a function. */
export const SAVED_EVENTS_MAX = 10;

/** Letters, numbers, dots, hyphens and underscores, 25 at most. */
export const EVENT_NAME = /^[A-Za-z0-9._-]{1,25}$/;

// No AWS operation of this server keeps events: AWS's console keeps private ones out of Lambda's API,
// and shareable ones in EventBridge's schema registry. So they live where this browser is.
const keyOf = (account: string, name: string) =>
  `crossway-events/${account}/${here().region}/${name}`;

/** The events that this browser has for a function, by name. */
export function savedEvents(account: string, name: string): SavedEvent[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(keyOf(account, name)) ?? '[]');
    return Array.isArray(found) ? (found as SavedEvent[]) : [];
  } catch {
    return [];
  }
}

/** Keeps an event under its name, in the place of one that has the name. */
export function keepEvent(account: string, name: string, kept: SavedEvent): SavedEvent[] {
  const others = savedEvents(account, name).filter((one) => one.name !== kept.name);
  return store(account, name, [...others, kept]);
}

export function dropEvent(account: string, name: string, dropped: string): SavedEvent[] {
  return store(account, name, savedEvents(account, name).filter((one) => one.name !== dropped));
}

function store(account: string, name: string, events: SavedEvent[]): SavedEvent[] {
  const sorted = events.sort((one, other) => one.name.localeCompare(other.name));
  if (sorted.length === 0) localStorage.removeItem(keyOf(account, name));
  else localStorage.setItem(keyOf(account, name), JSON.stringify(sorted));
  return sorted;
}
