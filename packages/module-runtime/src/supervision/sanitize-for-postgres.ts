import type { JsonObject, JsonValue } from '@synap/module-sdk';
import { ModuleCallError } from '../call-error.js';

/** Replaces U+0000 and lone surrogates, which PostgreSQL rejects, with U+FFFD. */
export const sanitizeText = (text: string): string =>
  text.replaceAll('\u0000', '\uFFFD').replace(/\p{Surrogate}/gu, '\uFFFD');

/**
 * Maximum nesting. Deeper values would overflow the stack of recursive code in the database,
 * clients or this process.
 */
const maxLevels = 32;

/**
 * Sanitizes every text in a value, so that hostile text does not fail a whole run.
 * @throws ModuleCallError if the value nests deeper than 32 levels
 */
export function sanitizeForPostgres(value: JsonValue, levels = maxLevels): JsonValue {
  if (typeof value === 'string') return sanitizeText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (!isList(value)) return sanitizeObject(value, levels);
  return value.map((item) => sanitizeForPostgres(item, below(levels)));
}

export function sanitizeObject(value: JsonObject, levels = maxLevels): JsonObject {
  const inner = below(levels);
  const entries = Object.entries(value).map(([key, item]) => [
    sanitizeText(key),
    item === undefined ? undefined : sanitizeForPostgres(item, inner),
  ]);
  return Object.fromEntries(entries);
}

function below(levels: number): number {
  if (levels === 0)
    throw new ModuleCallError(
      'failed',
      `The module sent a value that nests deeper than ${maxLevels} levels`,
    );
  return levels - 1;
}

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);
