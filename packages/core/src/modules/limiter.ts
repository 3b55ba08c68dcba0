/** Runs work first come, first served. */
export type Limiter = <T>(task: () => Promise<T>) => Promise<T>;

/** Limits concurrency; further work waits in a queue. */
export function createLimiter(concurrency: number): Limiter {
  const waiting: (() => void)[] = [];
  let free = concurrency;
  return async (task) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      // Hand the slot over directly, so that a newcomer cannot take it.
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
