/** How deep free JSON may nest: more is nobody's data, and what walks it – here, in the database, in a client – has but one stack. */
const mostLevels = 32;

export const tooDeep = `Must nest at most ${mostLevels} levels deep`;

/** Whether a value nests no deeper than is allowed of free JSON. */
export const isShallow = (value: unknown): boolean => fits(value, mostLevels);

function fits(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => fits(inner, levels - 1));
}
