/** Returns the middle value, or the mean of the two middle ones. Throws if there is none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  if (upper === undefined || lower === undefined) throw new Error('There is no value');
  return (lower + upper) / 2;
}

/** Returns the value that this fraction of all values does not exceed. Throws if there is none. */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(sorted.length * fraction) - 1)];
  if (found === undefined) throw new Error('There is no value');
  return found;
}

/** Rounds to three significant digits, more than a busy machine can repeat. */
export const rounded = (value: number): number => Number(value.toPrecision(3));
