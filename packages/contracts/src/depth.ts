/** Maximum nesting of free-form JSON; protects recursive walkers from stack overflow. */
const maxLevels = 32;

export const notShallowJson = `Must be JSON with at most ${maxLevels} levels: pass dates and bigints as text`;

/** True if a value is JSON within the nesting limit. Visits each object once. */
export const isShallowJson = (value: unknown): boolean =>
  heightOf(value, maxLevels, new Map()) <= maxLevels;

/**
 * Returns the nesting depth. Infinite if it exceeds `most`, has a cycle, or contains a type that
 * JSON lacks.
 */
function heightOf(value: unknown, most: number, known: Map<object, number>): number {
  if (typeof value === 'bigint' || value instanceof Date) return Number.POSITIVE_INFINITY;
  if (typeof value !== 'object' || value === null) return 0;
  if (most === 0) return Number.POSITIVE_INFINITY;
  const before = known.get(value);
  if (before !== undefined) return before;
  known.set(value, Number.POSITIVE_INFINITY);
  let height = 1;
  for (const inner of Object.values(value)) {
    height = Math.max(height, 1 + heightOf(inner, most - 1, known));
    if (height > most) return Number.POSITIVE_INFINITY;
  }
  known.set(value, height);
  return height;
}
