/** What runs a runtime on this server's host. */
export interface RuntimeHere {
  runtime: string;
  /** The interpreter's version. */
  runs_on?: string;
  /** Whether it is the version asked for, not the nearest. */
  exact?: boolean;
  /** Why nothing runs it. */
  refused?: string;
}

/** The runtimes that a function may have, from the server's health, which everybody may read. No AWS
 * operation lists them. */
export async function runtimesHere(): Promise<RuntimeHere[]> {
  const response = await fetch('/_crossway/health');
  if (!response.ok) throw new Error(`The server's runtimes are not known (HTTP ${response.status}).`);
  return ((await response.json()) as { runtimes: RuntimeHere[] }).runtimes;
}
