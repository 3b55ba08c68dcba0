import type { Clock } from '@synap/security';

/**
 * How long a look-up may be believed: the bound for changes by other instances whose news is lost.
 */
const ttlMs = 5000;
const maxEntries = 10_000;

interface Entry<T> {
  since: number;
  /** The answer, or the look-up that is under way: all who ask meanwhile share it. */
  answer: T | null | Promise<T | null>;
}

/** What the database said of sessions, or of keys, by their id; some seconds old at most. */
export interface SingleFlightCache<T> {
  /** The answer of moments ago, or that of a new look-up. */
  get(id: string): T | null | Promise<T | null>;
  invalidate(id: string): void;
  /**
   * Forgets the answers that `which` tells, all that are still under way, and that there is none:
   * whose those are nobody knows.
   */
  invalidateWhere(which: (answer: T) => boolean): void;
  clear(): void;
}

export function createSingleFlightCache<T extends object>(
  lookUp: (id: string) => Promise<T | null>,
  clock: Clock,
): SingleFlightCache<T> {
  // Entries are kept in the order of their look-up, so the first is always the one that expires
  // first.
  const entries = new Map<string, Entry<T>>();

  function ask(id: string, now: number): Entry<T>['answer'] {
    const entry: Entry<T> = { since: now, answer: null };
    const keep = (answer: T | null) => {
      entry.answer = answer;
      return answer;
    };
    const drop = (error: unknown) => {
      if (entries.get(id) === entry) entries.delete(id);
      throw error;
    };
    entry.answer = lookUp(id).then(keep, drop);
    // The entry stands before the answer: a change in between removes it, and the older answer is
    // never believed later.
    entries.delete(id);
    entries.set(id, entry);
    const [oldest] = entries.keys();
    if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest);
    return entry.answer;
  }

  return {
    get(id) {
      const now = clock.now();
      const entry = entries.get(id);
      const fresh = entry !== undefined && now - entry.since < ttlMs && now >= entry.since;
      return fresh ? entry.answer : ask(id, now);
    },
    invalidate: (id) => void entries.delete(id),
    invalidateWhere(which) {
      for (const [id, { answer }] of entries) {
        if (answer === null || answer instanceof Promise || which(answer)) entries.delete(id);
      }
    },
    clear: () => entries.clear(),
  };
}
