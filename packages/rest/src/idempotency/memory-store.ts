import { LRUCache } from 'lru-cache';
import type { IdempotencyStore, StoredResponse } from './store.js';

/** Options of `createMemoryIdempotencyStore`. */
export interface MemoryStoreOptions<TContext> {
  /** Identifies the caller; keys are scoped per caller. Return undefined to ignore the key. */
  scope: (ctx: TContext) => string | undefined;
  /**
   * Milliseconds for which a response is stored.
   * @default 86400000 (24 hours)
   */
  ttlMs?: number;
  /**
   * Maximum number of stored keys; the oldest are evicted first.
   * @default 10000
   */
  limit?: number;
  /**
   * Clock in milliseconds, for tests.
   * @default Date.now
   */
  now?: () => number;
}

interface Entry {
  readonly fingerprint: string;
  readonly expires: number;
  response: StoredResponse | undefined;
}

/**
 * Creates an in-memory store for a single process. Entries are lost on restart.
 * @throws TypeError if `limit` is not a positive integer.
 * @example
 * ```ts
 * createMemoryIdempotencyStore<Context>({ scope: (ctx) => ctx.user?.id })
 * ```
 */
export function createMemoryIdempotencyStore<TContext>(
  options: MemoryStoreOptions<TContext>,
): IdempotencyStore<TContext> {
  const { scope, ttlMs = 24 * 60 * 60 * 1000, limit = 10_000, now = Date.now } = options;
  // Checks expiry below: the cache's own needs a clock that never reads 0.
  const entries = new LRUCache<string, Entry>({ max: limit });
  return {
    async claim({ ctx, key, path, fingerprint }) {
      const caller = scope(ctx);
      if (caller === undefined) return { kind: 'ignored' };
      const id = JSON.stringify([caller, path, key]);
      const existing = entries.peek(id);
      if (existing && existing.expires > now()) {
        if (existing.fingerprint !== fingerprint) return { kind: 'mismatch' };
        return existing.response
          ? { kind: 'answered', answer: existing.response }
          : { kind: 'running' };
      }
      const entry: Entry = { fingerprint, expires: now() + ttlMs, response: undefined };
      entries.set(id, entry);
      return {
        kind: 'new',
        complete: async (response) => {
          entry.response = response;
        },
        abandon: async () => {
          if (entries.peek(id) === entry) entries.delete(id);
        },
      };
    },
  };
}
