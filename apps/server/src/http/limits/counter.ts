import { createHash } from 'node:crypto';
import { type LimitState, type ReportLimit, tooManyRequests } from '@synap/contracts';
import { RateLimiterRes } from 'rate-limiter-flexible';
import type { LimitStore } from './store.js';

export interface Policy {
  name: string;
  points: number;
  /** Seconds. */
  window: number;
}

const seconds = (milliseconds: number) => Math.max(1, Math.ceil(milliseconds / 1000));

/**
 * Limits keys to the 255 characters of the column, and avoids storing mail addresses in plain text.
 */
export const hashed = (text: string) => createHash('sha256').update(text).digest('hex');
const keyOf = (key: string) => (key.length > 180 ? hashed(key) : key);

/** Creates a counter that throws `too_many_requests` when no points remain. */
export function createCounter(
  { name, points: base, window }: Policy,
  store: LimitStore,
  factor: number,
  message: string,
) {
  const points = Math.round(base * factor);
  const { memory, shared = memory } = store.limiters({ keyPrefix: name, points, duration: window });
  const stateOf = ({ remainingPoints, msBeforeNext }: RateLimiterRes): LimitState => ({
    name,
    points,
    window,
    remaining: Math.max(0, remainingPoints),
    reset: seconds(msBeforeNext),
  });
  const throwTooMany = (rejection: unknown): never => {
    if (rejection instanceof RateLimiterRes)
      throw tooManyRequests(message, seconds(rejection.msBeforeNext));
    throw rejection;
  };
  /**
   * Takes points.
   *
   * @throws `too_many_requests` if too few remain.
   */
  const consume = async (key: string, report?: ReportLimit, count = 1): Promise<void> => {
    const consumed = store.withFallback(
      () => shared.consume(keyOf(key), count),
      () => memory.consume(keyOf(key), count),
    );
    // Reported in both cases, because a 429 response names the limit, too.
    const outcome = await consumed.catch((rejection: unknown) => rejection);
    if (outcome instanceof RateLimiterRes) report?.(stateOf(outcome));
    await consumed.catch(throwTooMany);
  };

  return {
    points,
    consume,
    async assertRemaining(key: string, report?: ReportLimit): Promise<void> {
      const state = await store.withFallback(
        () => shared.get(keyOf(key)),
        () => memory.get(keyOf(key)),
      );
      if (!state || state.remainingPoints > 0) return;
      report?.(stateOf(state));
      throwTooMany(state);
    },
    /** Counts without rejecting. */
    increment: (key: string): Promise<RateLimiterRes> =>
      store.withFallback(
        () => shared.penalty(keyOf(key)),
        () => memory.penalty(keyOf(key)),
      ),
    async reset(key: string): Promise<void> {
      await store.withFallback(
        () => shared.delete(keyOf(key)),
        () => memory.delete(keyOf(key)),
      );
    },
  };
}
