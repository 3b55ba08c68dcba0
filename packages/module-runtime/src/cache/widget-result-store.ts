import type { JsonValue } from '@synap/module-sdk';
import { LRUCache } from 'lru-cache';

/** A widget's last good data. */
export interface StoredWidgetResult {
  readonly data: JsonValue;
  /** Time of the load, in milliseconds since the epoch. */
  readonly loadedAt: number;
  /** End of freshness, in milliseconds since the epoch. */
  readonly freshUntil: number;
}

/**
 * Stores the last good data, in memory or shared by several servers. Must not reject: losing an
 * entry is harmless.
 */
export interface WidgetResultStore {
  get(key: string): Promise<StoredWidgetResult | undefined>;
  set(key: string, result: StoredWidgetResult): Promise<void>;
  /** Marks all data of a module as stale without removing it. */
  expire(moduleId: string, now: number): Promise<void>;
}

/** Prefix of a module's keys. An id cannot contain the colon. */
export const keyPrefix = (moduleId: string): string => `${moduleId}:`;

/**
 * Stores results in memory, up to `megabytes` of JSON text. Evicts the least recently used ones.
 * @param megabytes 64 by default
 */
export function createMemoryWidgetResultStore(megabytes = 64): WidgetResultStore {
  const results = new LRUCache<string, StoredWidgetResult>({
    maxSize: Math.floor(megabytes * 1024 * 1024),
    sizeCalculation: (result, key) => key.length + JSON.stringify(result).length,
  });
  return {
    get: async (key) => results.get(key),
    set: async (key, result) => void results.set(key, result),
    expire: async (moduleId, now) => {
      // Set the least recently used first, so that the order stays.
      const own = [...results.rkeys()].filter((key) => key.startsWith(keyPrefix(moduleId)));
      for (const key of own) {
        const old = results.peek(key);
        if (old) results.set(key, { data: old.data, loadedAt: old.loadedAt, freshUntil: now });
      }
    },
  };
}
