/** The part of the Web Locks API that is used here. */
export interface Locks {
  request<T>(
    name: string,
    options: { ifAvailable?: boolean },
    run: (lock: object | null) => Promise<T>,
  ): Promise<T>;
}

/**
 * Creates exclusive locks within this realm: one thread in Node.js, one tab in a page without Web
 * Locks (plain HTTP).
 */
export function createLocks(): Locks {
  const tails = new Map<string, Promise<unknown>>();
  return {
    request(name, { ifAvailable }, run) {
      const before = tails.get(name);
      if (before && ifAvailable) return run(null);
      const result = Promise.resolve(before).then(() => run({ name }));
      const tail: Promise<unknown> = result.then(
        () => tails.get(name) === tail && tails.delete(name),
        () => tails.get(name) === tail && tails.delete(name),
      );
      tails.set(name, tail);
      return result;
    },
  };
}

const ownLocks = createLocks();

/**
 * Returns the platform's locks, which cover all tabs and workers of an origin. Looked up by name:
 * Node.js has them only since version 24.
 */
export function findLocks(): Locks {
  const navigator: unknown = Reflect.get(globalThis, 'navigator');
  if (typeof navigator !== 'object' || navigator === null || !('locks' in navigator))
    return ownLocks;
  return isLocks(navigator.locks) ? navigator.locks : ownLocks;
}

const isLocks = (value: unknown): value is Locks =>
  typeof value === 'object' &&
  value !== null &&
  'request' in value &&
  typeof value.request === 'function';
