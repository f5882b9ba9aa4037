import { here } from './place';
import type { Patch } from './apigateway';

type Value = string | number | boolean | string[] | undefined;

/** Services whose calls go nowhere in particular. */
const GLOBAL = new Set(['iam', 'sts']);

/** The AWS CLI command of a call: `aws lambda get-policy --function-name hello`. A Region that is
 * not the one of the credential files that `crossway dev` writes is named. */
export function command(
  service: string,
  operation: string,
  parameters: Record<string, Value>,
): string {
  const { region } = here();
  const isElsewhere = !GLOBAL.has(service) && region !== 'us-east-1';
  const all: Record<string, Value> = { ...parameters, ...(isElsewhere ? { region } : {}) };
  const options = Object.entries(all)
    .filter(([, value]) => value !== undefined && value !== '' && value !== false)
    .map(([name, value]) => {
      if (value === true) return `--${name}`;
      const words = Array.isArray(value) ? value : [String(value)];
      return [`--${name}`, ...words.map(quoted)].join(' ');
    });
  return ['aws', service, operation, ...options].join(' ');
}

/** The command of an update by patches. */
export function patchCommand(
  operation: string,
  parameters: Record<string, Value>,
  patches: Patch[],
): string {
  return command('apigateway', operation, {
    ...parameters,
    'patch-operations': JSON.stringify(patches),
  });
}

/** A word of a POSIX shell. */
export function quoted(text: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
