/** Annotation of a value that JSON cannot represent. */
export type Leaf = readonly ['Date'] | readonly ['undefined'];

/** superjson's annotations of a value: its own type, or the types of its descendants by path. */
export type Annotations = Leaf | Record<string, Leaf>;

/**
 * Writes the text of `superjson.stringify` byte for byte, in a tenth of the time: one walk that
 * collects annotations, then the engine's `JSON.stringify`. Does not support classes, symbols and
 * types registered with superjson.
 *
 * Data with a property named `constructor` or `prototype` is written, and `__proto__` is omitted.
 * superjson throws when it writes these, but reads them the same way.
 * @returns undefined if the value contains types other than JSON, `Date` and `undefined`, or the
 *   same object twice. Use superjson then.
 * @example
 * ```ts
 * serialize: (_path, output) => writeSuperjson(output)
 * ```
 */
export function writeSuperjson(value: unknown): string | undefined {
  const walk = new Walk();
  const annotations = walk.visit(value);
  if (!walk.isWritable) return undefined;
  const json = writeWalked(value, walk);
  return annotations === undefined
    ? `{"json":${json}}`
    : `{"json":${json},"meta":{"values":${JSON.stringify(annotations)},"v":1}}`;
}

/** Writes the JSON of a value whose annotations the walk has collected. */
export const writeWalked = (value: unknown, { needsReplacer }: Walk): string =>
  value === undefined ? 'null' : JSON.stringify(value, needsReplacer ? replace : undefined);

/** Writes null for undefined properties, as superjson does; JSON omits them. */
const replace = (key: string, value: unknown) =>
  key === '__proto__' ? undefined : value === undefined ? null : value;

/** Collects the annotations of a value. Walks that share `seen` find objects that occur in both. */
export class Walk {
  readonly #seen: Set<object>;
  isWritable = true;
  needsReplacer = false;

  constructor(seen = new Set<object>()) {
    this.#seen = seen;
  }

  visit(value: unknown): Annotations | undefined {
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
   * Gives up on an object that occurs twice: superjson would restore the identity, or it is a
   * cycle.
   */
  #visitObject(value: object): Annotations | undefined {
    if (this.#seen.has(value)) return this.#giveUp();
    this.#seen.add(value);
    if (Array.isArray(value)) return this.#visitArray(value);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return this.visitRecord(value);
    return isPlainDate(value) ? ['Date'] : this.#giveUp();
  }

  #visitArray(values: readonly unknown[]): Annotations | undefined {
    // JSON cannot represent holes and extra properties of arrays.
    if (Object.keys(values).length !== values.length) return this.#giveUp();
    let annotations: Record<string, Leaf> | undefined;
    for (let index = 0; index < values.length && this.isWritable; index += 1) {
      const found = this.visit(values[index]);
      if (found !== undefined) annotations = addAnnotation(annotations, String(index), found);
    }
    return annotations;
  }

  /** Visits the properties of an object whose identity does not matter. */
  visitRecord(record: object): Annotations | undefined {
    let annotations: Record<string, Leaf> | undefined;
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
      if (found !== undefined) annotations = addAnnotation(annotations, escapeKey(key), found);
    }
    return annotations;
  }
}

/** Names that superjson rejects in a path. */
const isForbidden = (key: string) => key === 'constructor' || key === 'prototype';

/** True for a valid date with the standard JSON form. */
export const isPlainDate = (value: unknown): value is Date =>
  value instanceof Date &&
  value.toJSON === Date.prototype.toJSON &&
  value.toISOString === Date.prototype.toISOString &&
  !Number.isNaN(value.getTime());

/**
 * Adds annotations level by level, as superjson does. The order of numeric keys would otherwise
 * differ.
 */
function addAnnotation(
  annotations: Record<string, Leaf> = {},
  key: string,
  found: Annotations,
): Record<string, Leaf> {
  if (isLeaf(found)) annotations[key] = found;
  else for (const [path, leaf] of Object.entries(found)) annotations[`${key}.${path}`] = leaf;
  return annotations;
}

export const isLeaf = (annotations: Annotations): annotations is Leaf => Array.isArray(annotations);

/** Escapes dots, which separate the keys of a path. */
export const escapeKey = (key: string) =>
  /[\\.]/.test(key) ? key.replaceAll('\\', '\\\\').replaceAll('.', '\\.') : key;
