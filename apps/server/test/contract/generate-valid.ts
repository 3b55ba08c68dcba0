import fc from 'fast-check';
import { type JsonSchema, numberIn, validText } from './generate-text.js';
import { isRecord } from './json.js';

/** Options of the generators. */
export interface GeneratorOptions {
  /** Root schema, with the definitions for references. */
  readonly root: JsonSchema;
  /** Meaningful texts, used if they match the schema. */
  readonly words: readonly string[];
  /** Limits values to those of a query: text, and lists and objects of text. */
  readonly textual: boolean;
}

export const propertiesOf = ({ properties }: JsonSchema): [string, JsonSchema][] =>
  Object.entries(isRecord(properties) ? properties : {}).flatMap(([name, schema]) =>
    isRecord(schema) ? [[name, schema]] : [],
  );

export const requiredOf = ({ required }: JsonSchema): string[] =>
  Array.isArray(required) ? required.map(String) : [];

/** Resolves a reference; undefined for a recursive one, which is `z.json()`: any JSON. */
export function resolve(schema: JsonSchema, { root }: GeneratorOptions): JsonSchema | undefined {
  if (typeof schema.$ref !== 'string') return schema;
  const name = schema.$ref.replace('#/$defs/', '');
  const found = isRecord(root.$defs) ? root.$defs[name] : undefined;
  return isRecord(found) && !JSON.stringify(found).includes(`"${schema.$ref}"`) ? found : undefined;
}

/** Names that every object inherits; valid as keys. */
const inheritedKeys = ['toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'];

/** False for keys of prototypes, which are rejected before validation. */
const isAcceptedKey = (key: string): boolean =>
  !['__proto__', 'constructor', 'prototype'].includes(key);

/** Limits numbers to safe integers; others are rejected before validation. */
const withSafeNumbers = (value: unknown): unknown =>
  typeof value === 'number' ? value % Number.MAX_SAFE_INTEGER : mapInner(value, withSafeNumbers);

function mapInner(value: unknown, change: (inner: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(([key]) => isAcceptedKey(key));
  return Object.fromEntries(entries.map(([key, inner]) => [key, change(inner)]));
}

/** Any JSON that reaches validation. */
export const anyJson = fc.jsonValue({ maxDepth: 3 }).map(withSafeNumbers);

/** Generates values that a schema accepts. */
export function validValue(schema: JsonSchema, options: GeneratorOptions): fc.Arbitrary<unknown> {
  const own = resolve(schema, options);
  if (own === undefined) return anyJson;
  if (Array.isArray(own.enum)) return fc.constantFrom(...own.enum);
  if ('const' in own) return fc.constant(own.const);
  if (Array.isArray(own.anyOf))
    return fc.oneof(...own.anyOf.filter(isRecord).map((option) => validValue(option, options)));
  switch (own.type) {
    case 'string':
      return validText(own, options.words);
    case 'integer':
      return fc.integer({
        min: numberIn(own, 'minimum', -1000),
        max: numberIn(own, 'maximum', 1000),
      });
    case 'number':
      return fc.integer({ min: -1000, max: 1000 });
    case 'boolean':
      return fc.boolean();
    case 'array': {
      const items = validValue(isRecord(own.items) ? own.items : {}, options);
      return fc.array(items, {
        minLength: numberIn(own, 'minItems', 0),
        maxLength: Math.min(3, numberIn(own, 'maxItems', 3)),
      });
    }
    case 'object':
      return own.properties === undefined ? validRecord(own, options) : validObject(own, options);
    default:
      return options.textual ? fc.string({ maxLength: 5 }) : anyJson;
  }
}

function validObject(schema: JsonSchema, options: GeneratorOptions): fc.Arbitrary<unknown> {
  const required = requiredOf(schema);
  const properties = propertiesOf(schema).map(
    ([name, property]) => [name, validValue(property, options)] as const,
  );
  const others = fc.record(Object.fromEntries(properties), { requiredKeys: required });
  const key = fc.constantFrom(...inheritedKeys, 'unheard-of');
  const surplus = options.textual ? fc.constant('x') : anyJson;
  // Adds an undeclared property, which must be ignored.
  return fc
    .tuple(others, fc.option(fc.tuple(key, surplus)))
    .map(([object, more]) =>
      more === null ? object : Object.fromEntries([...Object.entries(object), more]),
    );
}

function validRecord(schema: JsonSchema, options: GeneratorOptions): fc.Arbitrary<unknown> {
  const value = validValue(
    isRecord(schema.additionalProperties) ? schema.additionalProperties : {},
    options,
  );
  const key = fc.oneof(fc.constantFrom('limit', 'repository'), fc.constantFrom(...inheritedKeys));
  return fc
    .array(fc.tuple(key, value), { maxLength: 3 })
    .map((entries) => Object.fromEntries(entries));
}
