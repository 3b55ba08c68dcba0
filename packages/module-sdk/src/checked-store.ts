import type { Store } from './context.js';
import { assertSize, largestValue } from './sizes.js';

/** Rejects values that are too large before they leave the module. */
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
