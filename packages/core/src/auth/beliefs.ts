import type { Clock } from '@synap/security';

/**
 * How long a look-up may be believed: the bound for changes by other instances whose news is lost.
 */
const believedMs = 5000;
const maxEntries = 10_000;

interface Entry<T> {
  since: number;
  /** The answer, or the look-up that is under way: all who ask meanwhile share it. */
  answer: T | null | Promise<T | null>;
}

/** What the database said of sessions, or of keys, by their id; some seconds old at most. */
export interface Beliefs<T> {
  /** The answer of moments ago, or that of a new look-up. */
  of(id: string): T | null | Promise<T | null>;
  forget(id: string): void;
  /**
   * Forgets the answers that `which` tells, all that are still under way, and that there is none:
   * whose those are nobody knows.
   */
  forgetWhere(which: (answer: T) => boolean): void;
  forgetAll(): void;
}

export function createBeliefs<T extends object>(
  lookUp: (id: string) => Promise<T | null>,
  clock: Clock,
): Beliefs<T> {
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
    of(id) {
      const now = clock.now();
      const entry = entries.get(id);
      const believed = entry !== undefined && now - entry.since < believedMs && now >= entry.since;
      return believed ? entry.answer : ask(id, now);
    },
    forget: (id) => void entries.delete(id),
    forgetWhere(which) {
      for (const [id, { answer }] of entries) {
        if (answer === null || answer instanceof Promise || which(answer)) entries.delete(id);
      }
    },
    forgetAll: () => entries.clear(),
  };
}
