import { unexpected } from './errors.js';
import type { Node } from './node.js';
import { writeUndefined } from './scalars.js';

export const optionalNode = (inner: Node): Node => ({
  isAnnotated: true,
  write: (value, path, notes) =>
    value === undefined ? writeUndefined(path, notes) : inner.write(value, path, notes),
});

export const nullableNode = (inner: Node): Node => ({
  isAnnotated: inner.isAnnotated,
  write: (value, path, notes) => (value === null ? 'null' : inner.write(value, path, notes)),
});

/** Node for which undefined is replaced or rejected by validation. */
export const defaultNode = (inner: Node): Node => ({
  isAnnotated: inner.isAnnotated,
  write(value, path, notes) {
    if (value === undefined) throw unexpected;
    return inner.write(value, path, notes);
  },
});
