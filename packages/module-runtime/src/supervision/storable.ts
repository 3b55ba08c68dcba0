import type { JsonObject, JsonValue } from '@synap/module-sdk';

/** Text that PostgreSQL takes: U+0000 and lone surrogates, which it refuses, become U+FFFD. */
export const storableText = (text: string): string => text.replaceAll('\u0000', '\uFFFD').replace(/\p{Surrogate}/gu, '\uFFFD');

/** The same for every text in a value: hostile text from outside must not fail a whole run. */
export function storable(value: JsonValue): JsonValue {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(storable);
  return storableObject(value);
}

export const storableObject = (value: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(value).map(([key, item]) => [storableText(key), item === undefined ? undefined : storable(item)]),
  );

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);
