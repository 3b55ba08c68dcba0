import type { IdempotencyStore, StoredResponse } from './store.js';

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
  now?: () => number;
}

interface Entry {
  readonly fingerprint: string;
  readonly expires: number;
  response: StoredResponse | undefined;
}

/**
 * Creates an in-memory store for a single process. Entries are lost on restart.
 * @example
 * ```ts
 * createMemoryIdempotencyStore<Context>({ scope: (ctx) => ctx.user?.id })
 * ```
 */
export function createMemoryIdempotencyStore<TContext>(
  options: MemoryStoreOptions<TContext>,
): IdempotencyStore<TContext> {
  const { scope, ttlMs = 24 * 60 * 60 * 1000, limit = 10_000, now = Date.now } = options;
  const entries = new Map<string, Entry>();
  return {
    async claim({ ctx, key, path, fingerprint }) {
      const caller = scope(ctx);
      if (caller === undefined) return { kind: 'ignored' };
      const id = JSON.stringify([caller, path, key]);
      const existing = entries.get(id);
      if (existing && existing.expires > now()) {
        if (existing.fingerprint !== fingerprint) return { kind: 'mismatch' };
        return existing.response
          ? { kind: 'answered', answer: existing.response }
          : { kind: 'running' };
      }
      const entry: Entry = { fingerprint, expires: now() + ttlMs, response: undefined };
      entries.delete(id);
      entries.set(id, entry);
      for (const oldest of entries.keys()) {
        if (entries.size <= limit) break;
        entries.delete(oldest);
      }
      return {
        kind: 'new',
        complete: async (response) => {
          entry.response = response;
        },
        abandon: async () => {
          if (entries.get(id) === entry) entries.delete(id);
        },
      };
    },
  };
}
