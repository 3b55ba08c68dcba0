import type { $ZodType } from 'zod/v4/core';
import { containsType, type SchemaDefinition } from '../schema.js';

/** Writes an output as JSON; undefined where there is nothing to write. */
export type Serializer = (output: unknown) => string | undefined;

/** Types that `JSON.stringify` refuses or empties, and those that may become anything. */
const beyondJson: ReadonlySet<SchemaDefinition['type']> = new Set([
  'bigint',
  'map',
  'set',
  'transform',
  'custom',
]);

/**
 * The serialiser for an output schema. Dates are ISO 8601, bigints are strings, a Set is a list, a
 * Map an object (a list of pairs where its keys are not text). Where the schema rules the last
 * three out, the engine's own fast path is taken.
 */
export function createSerializer(output: $ZodType | undefined): Serializer {
  return output === undefined || containsType(output, 'output', beyondJson) ? writeAll : write;
}

const writeAll: Serializer = (output) => JSON.stringify(output, replace);

/** A value that its schema leaves open (`z.unknown()`) may still hold a bigint. */
const write: Serializer = (output) => {
  try {
    return JSON.stringify(output);
  } catch (error) {
    if (error instanceof TypeError) return writeAll(output);
    throw error;
  }
};

function replace(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Set) return [...value];
  if (!(value instanceof Map)) return value;
  const entries = [...value];
  return entries.every(([key]) => typeof key === 'string') ? Object.fromEntries(entries) : entries;
}
