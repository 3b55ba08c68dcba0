import type { JsonObject, JsonValue } from '@synap/module-sdk';
import { ModuleCallError } from '../call-error.js';

/** Text that PostgreSQL takes: U+0000 and lone surrogates, which it refuses, become U+FFFD. */
export const storableText = (text: string): string =>
  text.replaceAll('\u0000', '\uFFFD').replace(/\p{Surrogate}/gu, '\uFFFD');

/**
 * Deeper nesting would overflow the stack of whatever walks the value later: the database, a
 * client, this process.
 */
const mostLevels = 32;

/**
 * The same for every text in a value: hostile text from outside must not fail a whole run.
 * @throws ModuleCallError if the value nests deeper than 32 levels
 */
export function sanitizeForPostgres(value: JsonValue, levels = mostLevels): JsonValue {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (!isList(value)) return storableObject(value, levels);
  return value.map((item) => sanitizeForPostgres(item, below(levels)));
}

export function storableObject(value: JsonObject, levels = mostLevels): JsonObject {
  const inner = below(levels);
  const entries = Object.entries(value).map(([key, item]) => [
    storableText(key),
    item === undefined ? undefined : sanitizeForPostgres(item, inner),
  ]);
  return Object.fromEntries(entries);
}

function below(levels: number): number {
  if (levels === 0)
    throw new ModuleCallError(
      'failed',
      `The module sent a value that nests deeper than ${mostLevels} levels`,
    );
  return levels - 1;
}

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);
