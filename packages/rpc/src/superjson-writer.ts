type Leaf = readonly ['Date'] | readonly ['undefined'];

/** What superjson notes of a value: its own type, or the types of what is in it by path. */
type Notes = Leaf | Record<string, Leaf>;

/**
 * The text that `superjson.stringify` makes of a value, byte for byte, in a tenth of its time: one
 * walk that only looks for what superjson takes note of, and the engine's own `JSON.stringify`.
 * Undefined where the value has more than JSON, `Date` and `undefined`, or has one object twice:
 * then superjson itself must write it. Knows nothing of classes, symbols and types registered with
 * superjson.
 *
 * Where data has a property named `constructor`, `prototype` or `__proto__` superjson throws,
 * though it reads the first two and leaves out the last: so it is written here.
 */
export function writeSuperjson(value: unknown): string | undefined {
  const walk = new Walk();
  const notes = walk.visit(value);
  if (!walk.isWritable) return undefined;
  const json =
    value === undefined ? 'null' : JSON.stringify(value, walk.needsReplacer ? replace : undefined);
  return notes === undefined
    ? `{"json":${json}}`
    : `{"json":${json},"meta":{"values":${JSON.stringify(notes)},"v":1}}`;
}

/** JSON leaves out a property that is undefined; superjson writes null and takes note. */
const replace = (key: string, value: unknown) =>
  key === '__proto__' ? undefined : value === undefined ? null : value;

class Walk {
  readonly #seen = new Set<object>();
  isWritable = true;
  needsReplacer = false;

  visit(value: unknown): Notes | undefined {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return undefined;
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0) ? undefined : this.#giveUp();
      case 'undefined':
        return ['undefined'];
      case 'object':
        return value === null ? undefined : this.#visitObject(value);
      default:
        return this.#giveUp();
    }
  }

  #giveUp(): undefined {
    this.isWritable = false;
  }

  /**
   * An object met twice is one that superjson would tie together again on the other side, or a
   * circle.
   */
  #visitObject(value: object): Notes | undefined {
    if (this.#seen.has(value)) return this.#giveUp();
    this.#seen.add(value);
    if (Array.isArray(value)) return this.#visitArray(value);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return this.#visitRecord(value);
    return isPlainDate(value) ? ['Date'] : this.#giveUp();
  }

  #visitArray(values: readonly unknown[]): Notes | undefined {
    // A hole, or a property that is no item, is more than JSON has.
    if (Object.keys(values).length !== values.length) return this.#giveUp();
    let notes: Record<string, Leaf> | undefined;
    for (let index = 0; index < values.length && this.isWritable; index += 1) {
      const found = this.visit(values[index]);
      if (found !== undefined) notes = takeNote(notes, String(index), found);
    }
    return notes;
  }

  #visitRecord(record: object): Notes | undefined {
    let notes: Record<string, Leaf> | undefined;
    for (const [key, value] of Object.entries(record)) {
      const type = typeof value;
      if (key === '__proto__') {
        this.needsReplacer = true;
        continue;
      }
      if (type === 'string' || type === 'boolean') continue;
      const found = this.visit(value);
      if (!this.isWritable) return undefined;
      if (found !== undefined && isForbidden(key)) return this.#giveUp();
      if (value === undefined) this.needsReplacer = true;
      if (found !== undefined) notes = takeNote(notes, escapeKey(key), found);
    }
    return notes;
  }
}

/** Names that superjson does not read in a path. */
const isForbidden = (key: string) => key === 'constructor' || key === 'prototype';

const isPlainDate = (value: object) =>
  value instanceof Date &&
  value.toJSON === Date.prototype.toJSON &&
  value.toISOString === Date.prototype.toISOString &&
  !Number.isNaN(value.getTime());

/**
 * Level by level, as superjson does it: so the notes come in its order, which is not that of the
 * walk for numeric keys.
 */
function takeNote(
  notes: Record<string, Leaf> = {},
  key: string,
  found: Notes,
): Record<string, Leaf> {
  if (isLeaf(found)) notes[key] = found;
  else for (const [path, leaf] of Object.entries(found)) notes[`${key}.${path}`] = leaf;
  return notes;
}

const isLeaf = (notes: Notes): notes is Leaf => Array.isArray(notes);

/** Paths are joined by dots. */
const escapeKey = (key: string) =>
  /[\\.]/.test(key) ? key.replaceAll('\\', '\\\\').replaceAll('.', '\\.') : key;
