/** Calls every factory of a record with the same arguments; the results have the same keys. */
export function createAll<A extends unknown[], F extends Record<keyof F, (...args: A) => unknown>>(
  factories: F,
  ...args: A
): { [K in keyof F]: ReturnType<F[K]> } {
  const made = Object.entries<(...args: A) => unknown>(factories).map(([name, create]) => [
    name,
    create(...args),
  ]);
  return Object.fromEntries(made);
}
