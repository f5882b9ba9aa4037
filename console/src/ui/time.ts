/** A time as people read it, from milliseconds, AWS's seconds, or ISO text. */
export function when(value: number | string | undefined): string {
  if (value === undefined || value === '') return '–';
  const seconds = typeof value === 'number' && value < 1e11;
  const date = new Date(seconds ? Number(value) * 1000 : value);
  if (Number.isNaN(date.getTime())) return String(value);
  return date.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
}

/** Bytes in the greatest unit that gives a number above one. */
export function bytes(count: number | undefined): string {
  const value = count ?? 0;
  if (value < 1024) return `${value} B`;
  return value < 1024 * 1024
    ? `${(value / 1024).toFixed(1)} kB`
    : `${(value / 1024 / 1024).toFixed(1)} MB`;
}
