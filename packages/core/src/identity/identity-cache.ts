import type { Clock } from '@synap/security';
import { LRUCache } from 'lru-cache';

/** Time to live of an entry. Bounds staleness if another instance's notification is lost. */
const ttlMs = 5000;
const maxEntries = 10_000;

interface Entry<T> {
  since: number;
  /** The result, or the pending load that concurrent callers share. */
  value: T | null | Promise<T | null>;
}

/** Caches sessions or keys by id for `ttlMs`. Null means that there is no such row. */
export interface SingleFlightCache<T> {
  /** Returns the cached value, or loads it. */
  get(id: string): T | null | Promise<T | null>;
  invalidate(id: string): void;
  /**
   * Invalidates entries that match the predicate. Also drops pending and negative entries, because
   * their owner is unknown.
   */
  invalidateWhere(matches: (value: T) => boolean): void;
  clear(): void;
}

/**
 * Shares loads and limits their age. The `fetch` of `LRUCache` would fail the callers of a load
 * that is invalidated, and its `ttl` would extend entries when the clock is set back.
 */
export function createSingleFlightCache<T extends object>(
  load: (id: string) => Promise<T | null>,
  clock: Clock,
): SingleFlightCache<T> {
  const entries = new LRUCache<string, Entry<T>>({ max: maxEntries });

  function startLoad(id: string, now: number): Entry<T>['value'] {
    const entry: Entry<T> = { since: now, value: null };
    const settle = (value: T | null) => {
      entry.value = value;
      return value;
    };
    const drop = (error: unknown) => {
      if (entries.peek(id) === entry) entries.delete(id);
      throw error;
    };
    entry.value = load(id).then(settle, drop);
    // The entry exists before its result, so an invalidation removes it and the older result is
    // dropped.
    entries.set(id, entry);
    return entry.value;
  }

  return {
    get(id) {
      const now = clock.now();
      const entry = entries.get(id);
      const fresh = entry !== undefined && now - entry.since < ttlMs && now >= entry.since;
      return fresh ? entry.value : startLoad(id, now);
    },
    invalidate: (id) => void entries.delete(id),
    invalidateWhere(which) {
      // Copy the entries, because the iterator does not allow deletions.
      for (const [id, { value }] of [...entries]) {
        if (value === null || value instanceof Promise || which(value)) entries.delete(id);
      }
    },
    clear: () => entries.clear(),
  };
}
