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

/** Column and index hold 255 characters; no mail address is kept in the clear. */
export const hashed = (text: string) => createHash('sha256').update(text).digest('hex');
const keyOf = (key: string) => (key.length > 180 ? hashed(key) : key);

/** A counter that throws `too_many_requests` once its points are spent. */
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
  const refuse = (refusal: unknown): never => {
    if (refusal instanceof RateLimiterRes)
      throw tooManyRequests(message, seconds(refusal.msBeforeNext));
    throw refusal;
  };
  /** Throws `too_many_requests` if there are too few points. */
  const consume = async (key: string, report?: ReportLimit, count = 1): Promise<void> => {
    const take = store.attempt(
      () => shared.consume(keyOf(key), count),
      () => memory.consume(keyOf(key), count),
    );
    // Reported in both cases: an answer of 429 names the limit, too.
    const outcome = await take.catch((refusal: unknown) => refusal);
    if (outcome instanceof RateLimiterRes) report?.(stateOf(outcome));
    await take.catch(refuse);
  };

  return {
    points,
    consume,
    async spent(key: string, report?: ReportLimit): Promise<void> {
      const state = await store.attempt(
        () => shared.get(keyOf(key)),
        () => memory.get(keyOf(key)),
      );
      if (!state || state.remainingPoints > 0) return;
      report?.(stateOf(state));
      refuse(state);
    },
    /** Counts without refusing. */
    note: (key: string): Promise<RateLimiterRes> =>
      store.attempt(
        () => shared.penalty(keyOf(key)),
        () => memory.penalty(keyOf(key)),
      ),
    async forget(key: string): Promise<void> {
      await store.attempt(
        () => shared.delete(keyOf(key)),
        () => memory.delete(keyOf(key)),
      );
    },
  };
}
