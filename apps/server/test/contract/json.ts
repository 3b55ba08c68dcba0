export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Copies a value with the targets of the pointers replaced; `*` matches every item of a list. */
export function mask(value: unknown, pointers: readonly string[]): unknown {
  return pointers.reduce((masked, pointer) => maskAt(masked, pointer.split('/').slice(1)), value);
}

function maskAt(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return value === undefined ? undefined : '(differs)';
  if (Array.isArray(value)) return value.map((item) => (name === '*' ? maskAt(item, rest) : item));
  return isRecord(value) && Object.hasOwn(value, name)
    ? { ...value, [name]: maskAt(value[name], rest) }
    : value;
}
