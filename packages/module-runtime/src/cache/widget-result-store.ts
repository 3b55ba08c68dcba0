import type { JsonValue } from '@synap/module-sdk';
import { createLru } from './lru.js';

/** A widget's last good data. */
export interface StoredWidgetResult {
  readonly data: JsonValue;
  /** When it was loaded; milliseconds since the epoch. */
  readonly loadedAt: number;
  /** Until when it counts as fresh; milliseconds since the epoch. */
  readonly freshUntil: number;
}

/**
 * Where last good data is kept: this process's memory, or something that several servers share.
 * Losing an entry is harmless: it never rejects.
 */
export interface WidgetResultStore {
  get(key: string): Promise<StoredWidgetResult | undefined>;
  set(key: string, reading: StoredWidgetResult): Promise<void>;
  /** Makes all data of a module count as old, without forgetting it. */
  expire(moduleId: string, now: number): Promise<void>;
}

/** Keys start with the module's id and a colon, which no id holds. */
export const keyPrefix = (moduleId: string): string => `${moduleId}:`;

/**
 * Keeps readings in memory, up to `megabytes` of their JSON text; the least recently used go first.
 */
export function createMemoryWidgetResultStore(megabytes = 64): WidgetResultStore {
  const readings = createLru<StoredWidgetResult>(megabytes * 1024 * 1024);
  return {
    get: async (key) => readings.get(key),
    set: async (key, reading) =>
      readings.set(key, reading, key.length + JSON.stringify(reading).length),
    expire: async (moduleId, now) => {
      const keys = [...readings.entries()].filter(([key]) => key.startsWith(keyPrefix(moduleId)));
      for (const [key, { data, loadedAt }] of keys) {
        const reading = { data, loadedAt, freshUntil: now };
        readings.set(key, reading, key.length + JSON.stringify(reading).length);
      }
    },
  };
}
