import type { JsonSchema, JsonValue } from '@synap/module-sdk';
import { z } from 'zod';
import { alternativesOf, itemsOf, propertiesOf, typesOf } from './json-schema.js';

/**
 * Parses text as the type in the schema: a number, a boolean (`true`, `1`, `false`, `0`), a list
 * (split at `separator`, or a JSON array; without a separator, a list of one), or an object (JSON).
 * Other text is returned unchanged, for the schema to reject.
 */
export function readText(text: string, schema: JsonSchema, separator?: string): JsonValue {
  const alternatives = alternativesOf(schema);
  const types = typesOf(alternatives);
  if (types.has('array')) {
    const list = separator === undefined ? undefined : parseList(text);
    return list ?? split(text, separator).map((part) => readText(part, itemsOf(alternatives)));
  }
  if (types.has('string')) return text;
  if ((types.has('number') || types.has('integer')) && isNumber(text)) return Number(text);
  if (types.has('boolean'))
    return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text;
  return types.has('object') ? parseJson(text) : text;
}

const split = (text: string, separator: string | undefined): string[] =>
  separator === undefined ? [text] : text.split(separator).flatMap((part) => part.trim() || []);

/** Parses a JSON array: the form for items that contain the separator. */
function parseList(text: string): JsonValue[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined;
  const list = parseJson(text);
  return Array.isArray(list) ? list : undefined;
}

const isNumber = (text: string): boolean =>
  /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text));

const jsonSchema: z.ZodType<JsonValue> = z.json();

function parseJson(text: string): JsonValue {
  try {
    return jsonSchema.parse(JSON.parse(text));
  } catch {
    return text;
  }
}

/**
 * Parses every text in a widget's parameters as the type in its schema. A query string has only
 * text, and RPC accepts the same as REST. Other values, and text that does not match, are returned
 * unchanged.
 */
export function readParams(
  params: Readonly<Record<string, unknown>>,
  schema: JsonSchema,
): Record<string, unknown> {
  const properties = propertiesOf(schema);
  const entries = Object.entries(params).map(([key, value]): [string, unknown] => {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    return [key, property ? readValue(value, property) : value];
  });
  return Object.fromEntries(entries);
}

const objectSchema = z.record(z.string(), z.unknown());

function readValue(value: unknown, schema: JsonSchema): unknown {
  if (typeof value === 'string') return readText(value, schema);
  const alternatives = alternativesOf(schema);
  if (Array.isArray(value)) return value.map((item) => readValue(item, itemsOf(alternatives)));
  const object = objectSchema.safeParse(value);
  const objectAlternative = alternatives.find(({ properties }) => properties !== undefined);
  return object.success && objectAlternative ? readParams(object.data, objectAlternative) : value;
}
