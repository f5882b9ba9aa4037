/** The AWS CLI command of a call: `aws lambda get-policy --function-name hello`. */
export function command(
  service: string,
  operation: string,
  parameters: Record<string, string | boolean | undefined>,
): string {
  const options = Object.entries(parameters)
    .filter(([, value]) => value !== undefined && value !== '' && value !== false)
    .map(([name, value]) => (value === true ? `--${name}` : `--${name} ${quoted(String(value))}`));
  return ['aws', service, operation, ...options].join(' ');
}

/** A word of a POSIX shell. */
export function quoted(text: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
