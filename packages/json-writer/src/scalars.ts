import { UnsupportedSchema, unexpected } from './errors.js';
import type { Node, Write } from './node.js';
import type { Notes } from './notes.js';
import type { Overwrite } from './overwrites.js';
import { isPlainDate } from './superjson-writer.js';
import { quote } from './text.js';

/** Applies the overwrites to values of the kind, if there are any. */
function withOverwrites(
  kind: 'string' | 'number',
  overwrites: readonly Overwrite[],
  write: Write,
): Write {
  if (overwrites.length === 0) return write;
  return (value, path, notes) => {
    if (typeof value !== kind) throw unexpected;
    let current = value;
    for (const overwrite of overwrites) current = overwrite(current);
    return write(current, path, notes);
  };
}

export const stringNode = (overwrites: readonly Overwrite[]): Node => ({
  isAnnotated: false,
  write: withOverwrites('string', overwrites, writeString),
});

const writeString: Write = (value) => {
  if (typeof value !== 'string') throw unexpected;
  return quote(value);
};

export const numberNode = (overwrites: readonly Overwrite[]): Node => ({
  isAnnotated: false,
  write: withOverwrites('number', overwrites, writeNumber),
});

const writeNumber: Write = (value, _path, notes) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw unexpected;
  // superjson annotates -0.
  if (notes && Object.is(value, -0)) throw unexpected;
  return String(value);
};

export const booleanNode: Node = {
  isAnnotated: false,
  write(value) {
    if (typeof value !== 'boolean') throw unexpected;
    return value ? 'true' : 'false';
  },
};

export const nullNode: Node = {
  isAnnotated: false,
  write(value) {
    if (value !== null) throw unexpected;
    return 'null';
  },
};

export const undefinedNode: Node = {
  isAnnotated: true,
  write(value, path, notes) {
    if (value !== undefined) throw unexpected;
    return writeUndefined(path, notes);
  },
};

/** Writes null with an annotation for superjson; JSON omits the value. */
export function writeUndefined(path: string, notes: Notes | undefined): string | undefined {
  notes?.add(path, 'undefined');
  return notes && 'null';
}

export const neverNode: Node = {
  isAnnotated: false,
  write() {
    throw unexpected;
  },
};

/** JSON has no bigint; superjson writes text. */
export const bigintNode: Node = {
  isAnnotated: true,
  write(value, path, notes) {
    if (typeof value !== 'bigint' || notes === undefined) throw unexpected;
    notes.add(path, 'bigint');
    return `"${value}"`;
  },
};

export const dateNode: Node = {
  isAnnotated: true,
  write(value, path, notes) {
    if (!isPlainDate(value)) throw unexpected;
    if (notes) {
      if (notes.seen.has(value)) throw unexpected;
      notes.seen.add(value);
      notes.add(path, 'Date');
    }
    return `"${value.toISOString()}"`;
  },
};

/**
 * Node of a literal or an enum: looks the text up.
 * @throws UnsupportedSchema for literals other than text, finite numbers, booleans and null.
 */
export function constantNode(values: Iterable<unknown>): Node {
  const texts = new Map<unknown, string>();
  for (const value of values) texts.set(value, textOfConstant(value));
  return {
    isAnnotated: false,
    write(value) {
      const text = texts.get(value);
      if (text === undefined || Object.is(value, -0)) throw unexpected;
      return text;
    },
  };
}

function textOfConstant(value: unknown): string {
  const isNumber = typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0);
  if (isNumber || typeof value === 'string' || typeof value === 'boolean' || value === null)
    return JSON.stringify(value);
  throw new UnsupportedSchema();
}
