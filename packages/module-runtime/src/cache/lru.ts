/**
 * A map that forgets what was not used for longest once it holds more than `capacity`, by the
 * weight of its entries.
 */
export interface Lru<V> {
  get(key: string): V | undefined;
  set(key: string, value: V, weight: number): void;
  delete(key: string): void;
  entries(): IterableIterator<[string, V]>;
}

export function createLru<V>(capacity: number): Lru<V> {
  /** In the order of their last use: a Map keeps the order of insertion. */
  const held = new Map<string, { value: V; weight: number }>();
  let weight = 0;
  const remove = (key: string) => {
    weight -= held.get(key)?.weight ?? 0;
    held.delete(key);
  };
  return {
    get(key) {
      const entry = held.get(key);
      if (!entry) return undefined;
      held.delete(key);
      held.set(key, entry);
      return entry.value;
    },
    set(key, value, own) {
      remove(key);
      held.set(key, { value, weight: own });
      weight += own;
      for (const oldest of held.keys()) {
        if (weight <= capacity) break;
        remove(oldest);
      }
    },
    delete: remove,
    *entries() {
      for (const [key, { value }] of held) yield [key, value];
    },
  };
}
