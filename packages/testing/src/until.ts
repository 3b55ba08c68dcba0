import { setTimeout as delay } from 'node:timers/promises';

export interface UntilOptions {
  /** Milliseconds until it is given up; 15,000 by default: a busy machine is no fault. */
  timeout?: number;
  /** Milliseconds between two looks; 10 by default. */
  interval?: number;
}

/**
 * Looks again and again until `condition` yields something truthy, and returns that. Rejects after
 * the time-out with the last error, if there was one.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { timeout = 15_000, interval = 10 }: UntilOptions = {},
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
  throw new Error(`Still not so after ${timeout} ms: ${condition}`, { cause: fault });
}
