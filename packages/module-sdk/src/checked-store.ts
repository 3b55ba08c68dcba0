import type { Store } from './context.js';
import { assertSize, largestValue } from './sizes.js';

/** Wraps a store: rejects oversized values before they leave the module. */
export function checkedStore(store: Store): Store {
  return {
    get: (key) => store.get(key),
    async set(key, value) {
      assertSize(`stored a value ("${key}")`, value, largestValue);
      await store.set(key, value);
    },
    delete: (key) => store.delete(key),
  };
}
