import { here } from '../../api/place';

/** Where a stage is called. Names below localhost lead to this machine without any set-up. */
export function invokeUrl(api: string, stage: string): string {
  const { protocol, hostname, port, origin } = window.location;
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  if (!isLoopback) return `${origin}/_aws/execute-api/${api}/${stage}`;
  return `${protocol}//${api}.execute-api.${here().region}.localhost${port ? `:${port}` : ''}/${stage}`;
}
