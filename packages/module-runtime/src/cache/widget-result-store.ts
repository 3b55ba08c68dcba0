import type { JsonValue } from '@synap/module-sdk';
import { createLru } from './lru.js';

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
  const results = createLru<StoredWidgetResult>(megabytes * 1024 * 1024);
  return {
    get: async (key) => results.get(key),
    set: async (key, result) =>
      results.set(key, result, key.length + JSON.stringify(result).length),
    expire: async (moduleId, now) => {
      const keys = [...results.entries()].filter(([key]) => key.startsWith(keyPrefix(moduleId)));
      for (const [key, { data, loadedAt }] of keys) {
        const result = { data, loadedAt, freshUntil: now };
        results.set(key, result, key.length + JSON.stringify(result).length);
      }
    },
  };
}
