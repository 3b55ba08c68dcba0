import type { Clock } from '@synap/security';

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

export function createSingleFlightCache<T extends object>(
  load: (id: string) => Promise<T | null>,
  clock: Clock,
): SingleFlightCache<T> {
  // Insertion order is load order, so the first entry is the oldest.
  const entries = new Map<string, Entry<T>>();

  function startLoad(id: string, now: number): Entry<T>['value'] {
    const entry: Entry<T> = { since: now, value: null };
    const settle = (value: T | null) => {
      entry.value = value;
      return value;
    };
    const drop = (error: unknown) => {
      if (entries.get(id) === entry) entries.delete(id);
      throw error;
    };
    entry.value = load(id).then(settle, drop);
    // The entry exists before its result, so an invalidation removes it and the older result is
    // dropped.
    entries.delete(id);
    entries.set(id, entry);
    const [oldest] = entries.keys();
    if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest);
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
      for (const [id, { value }] of entries) {
        if (value === null || value instanceof Promise || which(value)) entries.delete(id);
      }
    },
    clear: () => entries.clear(),
  };
}
