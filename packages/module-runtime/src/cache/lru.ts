/** Map that evicts the least recently used entries once their total weight exceeds `capacity`. */
export interface Lru<V> {
  get(key: string): V | undefined;
  set(key: string, value: V, weight: number): void;
  delete(key: string): void;
  entries(): IterableIterator<[string, V]>;
}

export function createLru<V>(capacity: number): Lru<V> {
  /** In order of last use, because a Map iterates in insertion order. */
  const cached = new Map<string, { value: V; weight: number }>();
  let weight = 0;
  const remove = (key: string) => {
    weight -= cached.get(key)?.weight ?? 0;
    cached.delete(key);
  };
  return {
    get(key) {
      const entry = cached.get(key);
      if (!entry) return undefined;
      cached.delete(key);
      cached.set(key, entry);
      return entry.value;
    },
    set(key, value, entryWeight) {
      remove(key);
      cached.set(key, { value, weight: entryWeight });
      weight += entryWeight;
      for (const oldest of cached.keys()) {
        if (weight <= capacity) break;
        remove(oldest);
      }
    },
    delete: remove,
    *entries() {
      for (const [key, { value }] of cached) yield [key, value];
    },
  };
}
