import { setTimeout as delay } from 'node:timers/promises';

export interface UntilOptions {
  /** Time limit in milliseconds; generous for a busy machine. @default 30_000 */
  timeout?: number;
  /** Milliseconds between two attempts. @default 10 */
  interval?: number;
}

/**
 * Repeats `condition` until it returns a truthy value, and returns that value. Rejects after the
 * time limit with the last error, if there was one.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { timeout = 30_000, interval = 10 }: UntilOptions = {},
): Promise<T> {
  const deadline = performance.now() + timeout;
  let fault: unknown;
  do {
    try {
      const value = await condition();
      if (value) return value;
      fault = undefined;
    } catch (error) {
      fault = error;
    }
    await delay(interval);
  } while (performance.now() < deadline);
  throw new Error(`Condition not met within ${timeout} ms: ${condition}`, { cause: fault });
}
