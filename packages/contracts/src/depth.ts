/**
 * How deep free JSON may nest: more is nobody's data, and what walks it – here, in the database, in
 * a client – has but one stack.
 */
const mostLevels = 32;

export const notShallowJson = `Must be JSON that nests at most ${mostLevels} levels deep: give a date or a bigint as text`;

/**
 * True if a value is JSON and nests no deeper than it may. Visits each object once, and goes no
 * deeper than the limit.
 */
export const isShallowJson = (value: unknown): boolean =>
  heightOf(value, mostLevels, new Map()) <= mostLevels;

/**
 * Levels of objects and arrays in a value; infinite if there are more than `most`, one contains
 * itself, or JSON lacks its type.
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
