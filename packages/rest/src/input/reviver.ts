import { isRecord } from '@synap/http';
import type { $ZodType } from 'zod/v4/core';
import { containsType, definitionOf, type SchemaDefinition } from '../schema.js';
import { parseBigInt, parseDateTime } from './scalars.js';
import { accepts } from './unions.js';

/**
 * Converts JSON values to types that JSON lacks, if the schema requires them. All others stay
 * unchanged.
 */
export type Reviver = (value: unknown) => unknown;

const nonJsonTypes: ReadonlySet<SchemaDefinition['type']> = new Set([
  'date',
  'bigint',
  'map',
  'set',
]);

/**
 * Compiles a reviver. Returns undefined if the schema only needs JSON types, so that no value is
 * walked.
 */
export function compileReviver(schema: $ZodType): Reviver | undefined {
  return containsType(schema, 'input', nonJsonTypes) ? reviverOf(schema, new Map()) : undefined;
}

function reviverOf(schema: $ZodType, known: Map<$ZodType, Reviver>): Reviver {
  const existing = known.get(schema);
  if (existing) return existing;
  let compiled: Reviver | undefined;
  const forward: Reviver = (value) => {
    compiled ??= compile(schema, (inner) => reviverOf(inner, known));
    return compiled(value);
  };
  known.set(schema, forward);
  return forward;
}

const same: Reviver = (value) => value;

function compile(schema: $ZodType, of: (inner: $ZodType) => Reviver): Reviver {
  const def = definitionOf(schema);
  switch (def.type) {
    case 'date':
      return (value) => (typeof value === 'string' ? (parseDateTime(value) ?? value) : value);
    case 'bigint':
      return (value) => (typeof value === 'string' ? (parseBigInt(value) ?? value) : value);
    case 'array':
      return list(of(def.element));
    case 'set': {
      const items = list(of(def.valueType));
      return (value) => (Array.isArray(value) ? new Set(asArray(items(value))) : value);
    }
    case 'tuple': {
      const items = def.items.map(of);
      const rest = def.rest ? of(def.rest) : same;
      return (value) =>
        Array.isArray(value) ? value.map((item, index) => (items[index] ?? rest)(item)) : value;
    }
    case 'object':
      return object(
        new Map(
          Object.entries<$ZodType>(def.shape).map(([name, property]) => [name, of(property)]),
        ),
        def.catchall ? of(def.catchall) : same,
      );
    case 'record':
      return object(new Map(), of(def.valueType));
    case 'map':
      return map(of(def.keyType), of(def.valueType));
    case 'union':
      return union(def.options, of);
    case 'intersection': {
      const left = of(def.left);
      const right = of(def.right);
      return (value) => right(left(value));
    }
    case 'pipe':
      return of(def.in);
    case 'lazy':
      return of(def.getter());
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
    case 'promise':
      return of(def.innerType);
    default:
      return same;
  }
}

const asArray = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const list =
  (item: Reviver): Reviver =>
  (value) =>
    Array.isArray(value) ? value.map((element) => item(element)) : value;

const object =
  (properties: ReadonlyMap<string, Reviver>, other: Reviver): Reviver =>
  (value) =>
    isRecord(value) && !(value instanceof Date)
      ? Object.fromEntries(
          Object.entries(value).map(([name, inner]) => [
            name,
            (properties.get(name) ?? other)(inner),
          ]),
        )
      : value;

/** Reads a Map from an object, or from a list of pairs if its keys are not text. */
function map(key: Reviver, value: Reviver): Reviver {
  const pair = (entry: unknown): [unknown, unknown] => {
    const [first, second] = asArray(entry);
    return [key(first), value(second)];
  };
  return (input) => {
    if (Array.isArray(input)) return new Map(input.map(pair));
    return isRecord(input)
      ? new Map(Object.entries(input).map(([name, inner]) => [key(name), value(inner)]))
      : input;
  };
}

/** Selects the first option that accepts the revived value. */
function union(options: readonly $ZodType[], of: (inner: $ZodType) => Reviver): Reviver {
  const candidates = options.map((option) => ({ option, revive: of(option) }));
  return (value) => {
    for (const { option, revive } of candidates) {
      const revived = revive(value);
      if (accepts(option, revived)) return revived;
    }
    return value;
  };
}
