import type { IdempotencyStore, StoredAnswer } from './store.js';

export interface MemoryStoreOptions<TContext> {
  /** Who calls, so that keys of one are not those of another; undefined where keys mean nothing. */
  scope: (ctx: TContext) => string | undefined;
  /** Milliseconds for which an answer is kept; default 24 hours. */
  keep?: number;
  /** Keys that are kept at most, the oldest go first; default 10,000. */
  limit?: number;
  now?: () => number;
}

interface Entry {
  readonly fingerprint: string;
  readonly expires: number;
  answer: StoredAnswer | undefined;
}

/** A store for one process: what it remembers ends with it. */
export function createMemoryIdempotencyStore<TContext>(
  options: MemoryStoreOptions<TContext>,
): IdempotencyStore<TContext> {
  const { scope, keep = 24 * 60 * 60 * 1000, limit = 10_000, now = Date.now } = options;
  const entries = new Map<string, Entry>();
  return {
    async claim({ ctx, key, path, fingerprint }) {
      const caller = scope(ctx);
      if (caller === undefined) return { kind: 'ignored' };
      const id = JSON.stringify([caller, path, key]);
      const known = entries.get(id);
      if (known && known.expires > now()) {
        if (known.fingerprint !== fingerprint) return { kind: 'mismatch' };
        return known.answer ? { kind: 'answered', answer: known.answer } : { kind: 'running' };
      }
      const entry: Entry = { fingerprint, expires: now() + keep, answer: undefined };
      entries.delete(id);
      entries.set(id, entry);
      for (const oldest of entries.keys()) {
        if (entries.size <= limit) break;
        entries.delete(oldest);
      }
      return {
        kind: 'new',
        complete: async (answer) => {
          entry.answer = answer;
        },
        abandon: async () => {
          if (entries.get(id) === entry) entries.delete(id);
        },
      };
    },
  };
}
