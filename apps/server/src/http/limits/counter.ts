import { createHash } from 'node:crypto';
import { tooManyRequests } from '@synap/contracts';
import { RateLimiterRes } from 'rate-limiter-flexible';
import type { LimitStore } from './store.js';

export interface Policy {
  name: string;
  points: number;
  /** Seconds. */
  window: number;
}

export const seconds = (milliseconds: number) => Math.max(1, Math.ceil(milliseconds / 1000));

/** Column and index hold 255 characters; no mail address is kept in the clear. */
export const hashed = (text: string) => createHash('sha256').update(text).digest('hex');
const keyOf = (key: string) => (key.length > 180 ? hashed(key) : key);

/** A counter that throws `too_many_requests` once its points are spent. */
export function createCounter({ name, points: base, window }: Policy, store: LimitStore, factor: number, message: string) {
  const points = Math.round(base * factor);
  const { memory, shared = memory } = store.limiters({ keyPrefix: name, points, duration: window });
  const refuse = (refusal: unknown): never => {
    if (refusal instanceof RateLimiterRes)
      throw tooManyRequests(message, seconds(refusal.msBeforeNext), { name, points, window });
    throw refusal;
  };
  /** Rejects with the state where there are too few points. */
  const take = (key: string, count = 1): Promise<RateLimiterRes> =>
    store.attempt(
      () => shared.consume(keyOf(key), count),
      () => memory.consume(keyOf(key), count),
    );

  return {
    points,
    take,
    consume: (key: string, count = 1): Promise<RateLimiterRes> => take(key, count).catch(refuse),
    async spent(key: string): Promise<void> {
      const state = await store.attempt(
        () => shared.get(keyOf(key)),
        () => memory.get(keyOf(key)),
      );
      if (state && state.remainingPoints <= 0) refuse(state);
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
