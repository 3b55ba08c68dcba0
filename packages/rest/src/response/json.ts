import type { $ZodType } from 'zod/v4/core';
import { containsType, type SchemaDefinition } from '../schema.js';

/** Serializes an output as JSON. Returns undefined if there is no output. */
export type Serializer = (output: unknown) => string | undefined;

/** Types that `JSON.stringify` rejects or empties, and those with an unknown result. */
export const nonJsonTypes: ReadonlySet<SchemaDefinition['type']> = new Set([
  'bigint',
  'map',
  'set',
  'transform',
  'custom',
]);

/**
 * Creates the serializer of an output schema. Dates become ISO 8601 text, bigints text, Sets lists.
 * A Map becomes an object, or a list of pairs if its keys are not text. Uses plain `JSON.stringify`
 * if the schema excludes bigints, Sets and Maps.
 */
export function createSerializer(output: $ZodType | undefined): Serializer {
  return output === undefined || containsType(output, 'output', nonJsonTypes) ? writeAll : write;
}

const writeAll: Serializer = (output) => JSON.stringify(output, replace);

/** Falls back for bigints in values that the schema leaves open (`z.unknown()`). */
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
