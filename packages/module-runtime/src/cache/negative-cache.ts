import type { ModuleCallError } from '../call-error.js';
import type { Clock } from '../clock.js';
import { createLru } from './lru.js';

const remembered = 10_000;
const firstWaitMs = 1_000;
const longestWaitMs = 60_000;

/** A load that failed and shall not be tried again before its time. */
export interface Failure {
  readonly error: ModuleCallError;
  readonly until: number;
  readonly times: number;
}

/**
 * Remembers failed loads: each further failure doubles the wait, from 1 s to 60 s, and a
 * `Retry-After` is heeded.
 */
export function createNegativeCache(clock: Clock) {
  const failures = createLru<Failure>(remembered);
  return {
    /** The failure whose wait is not over. */
    current(key: string): ModuleCallError | undefined {
      const failure = failures.get(key);
      return failure && failure.until > clock.now() ? failure.error : undefined;
    },
    add(key: string, error: ModuleCallError): void {
      const times = (failures.get(key)?.times ?? 0) + 1;
      const retryAfterMs = Math.min(firstWaitMs * 2 ** (times - 1), longestWaitMs);
      failures.set(
        key,
        {
          error,
          times,
          until: clock.now() + Math.max(retryAfterMs, (error.retryAfter ?? 0) * 1_000),
        },
        1,
      );
    },
    clear: (key: string): void => failures.delete(key),
  };
}
