import { unexpected } from './errors.js';
import type { Node } from './node.js';
import { childPath, type Notes } from './notes.js';
import { type Annotations, isLeaf, Walk, writeWalked } from './superjson-writer.js';

/** Node of `z.unknown()` and `z.any()`, which pass values unchanged. */
export const openNode: Node = {
  isAnnotated: true,
  write(value, path, notes) {
    if (notes === undefined) return writeOpenJson(value);
    const walk = new Walk(notes.seen);
    addAll(notes, path, walk.visit(value));
    return textOf(value, walk);
  },
};

/** Node of a record of open values. Validation copies the record, and passes its values. */
export const openRecordNode: Node = {
  isAnnotated: true,
  write(value, path, notes) {
    if (!isCopyable(value)) throw unexpected;
    if (notes === undefined) return writeOpenJson(value);
    const walk = new Walk(notes.seen);
    addAll(notes, path, walk.visitRecord(value));
    return textOf(value, walk);
  },
};

/** True for an object whose copy has the same JSON. */
export function isCopyable(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    (prototype === Object.prototype || prototype === null) &&
    !Object.hasOwn(value, '__proto__') &&
    !('toJSON' in value) &&
    !Object.hasOwn(value, 'constructor')
  );
}

/** The key that `toJSON` would get is unknown here. */
function writeOpenJson(value: unknown): string | undefined {
  if (typeof value === 'object' && value !== null && 'toJSON' in value && !(value instanceof Date))
    throw unexpected;
  return JSON.stringify(value);
}

function textOf(value: unknown, walk: Walk): string {
  if (!walk.isWritable) throw unexpected;
  return writeWalked(value, walk);
}

/** Adds the annotations below a path. */
function addAll(notes: Notes, path: string, annotations: Annotations | undefined): void {
  if (annotations === undefined) return;
  if (isLeaf(annotations)) return notes.add(path, annotations[0]);
  for (const [key, [type]] of Object.entries(annotations)) {
    // An empty path is the root.
    if (path === '' && key === '') throw unexpected;
    notes.add(childPath(path, JSON.stringify(key).slice(1, -1)), type);
  }
}
