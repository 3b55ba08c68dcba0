import { LRUCache } from 'lru-cache';
import type { ModuleCallError } from '../call-error.js';
import type { Clock } from '../clock.js';

const remembered = 10_000;
const firstWaitMs = 1_000;
const longestWaitMs = 60_000;

/** A failed load that must not be retried yet. */
export interface Failure {
  readonly error: ModuleCallError;
  readonly until: number;
  readonly times: number;
}

/**
 * Caches failed loads. Each further failure doubles the wait, from 1 s to 60 s; a `Retry-After`
 * extends it.
 */
export function createNegativeCache(clock: Clock) {
  const failures = new LRUCache<string, Failure>({ max: remembered });
  return {
    /** Returns the failure of a key while its wait lasts. */
    current(key: string): ModuleCallError | undefined {
      const failure = failures.get(key);
      return failure && failure.until > clock.now() ? failure.error : undefined;
    },
    add(key: string, error: ModuleCallError): void {
      const times = (failures.get(key)?.times ?? 0) + 1;
      const retryAfterMs = Math.min(firstWaitMs * 2 ** (times - 1), longestWaitMs);
      failures.set(key, {
        error,
        times,
        until: clock.now() + Math.max(retryAfterMs, (error.retryAfter ?? 0) * 1_000),
      });
    },
    clear: (key: string): void => void failures.delete(key),
  };
}
