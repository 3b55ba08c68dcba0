import type { $ZodType } from 'zod/v4/core';
import { definitionOf, type SchemaDefinition } from '../schema.js';
import {
  type Coercer,
  intersection,
  lenient,
  list,
  listBy,
  mapOf,
  nullable,
  object,
  oneOf,
  scalar,
} from './combinators.js';
import { toPlainValue } from './parameters.js';
import { readBigInt, readBoolean, readDate, readNumber } from './scalars.js';
import { accepts, discriminated, union } from './unions.js';

/**
 * Compiles a coercer from the input side of a schema. Never modifies the schema, so that other
 * transports parse as before. Supports recursive schemas.
 */
export function compileCoercer(
  schema: $ZodType,
  known: Map<$ZodType, Coercer> = new Map(),
): Coercer {
  const existing = known.get(schema);
  if (existing) return existing;
  let compiled: Coercer | undefined;
  const forward: Coercer = (node, path, issues) => {
    compiled ??= compile(schema, known);
    return compiled(node, path, issues);
  };
  known.set(schema, forward);
  return forward;
}

function compile(schema: $ZodType, known: Map<$ZodType, Coercer>): Coercer {
  const def = definitionOf(schema);
  const of = (inner: $ZodType) => compileCoercer(inner, known);
  switch (def.type) {
    case 'string':
    case 'template_literal':
      return scalar((value) => ({ value }));
    case 'number':
      return scalar(readNumber);
    case 'nan':
      return scalar((text) => ({ value: text === 'NaN' ? Number.NaN : text }));
    case 'bigint':
      return scalar(readBigInt);
    case 'boolean':
      return scalar(readBoolean);
    case 'date':
      return scalar(readDate);
    case 'null':
      return scalar((text) => ({ value: text === 'null' ? null : text }));
    case 'literal':
      return oneOf(def.values);
    case 'enum':
      return oneOf([...(schema._zod.values ?? [])]);
    case 'nullable':
      return nullable(of(def.innerType), accepts(def.innerType, 'null'));
    case 'optional':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'promise':
      return of(def.innerType);
    case 'catch':
      return lenient(of(def.innerType));
    case 'lazy':
      return of(def.getter());
    case 'pipe':
      return of(def.in);
    default:
      return compileContainer(def, of);
  }
}

function compileContainer(def: SchemaDefinition, of: (inner: $ZodType) => Coercer): Coercer {
  switch (def.type) {
    case 'array':
      return list(of(def.element));
    case 'tuple': {
      const items = def.items.map(of);
      const rest = def.rest ? of(def.rest) : toPlainValue;
      return listBy((index) => items[index] ?? rest);
    }
    case 'set': {
      const values = list(of(def.valueType));
      return (node, path, issues) => {
        const read = values(node, path, issues);
        return Array.isArray(read) ? new Set(read) : read;
      };
    }
    case 'object':
      return object(
        new Map(
          Object.entries<$ZodType>(def.shape).map(([name, property]) => [name, of(property)]),
        ),
        def.catchall && definitionOf(def.catchall).type !== 'never' ? of(def.catchall) : undefined,
      );
    case 'record':
      return object(new Map(), of(def.valueType));
    case 'map':
      return mapOf(of(def.keyType), of(def.valueType));
    case 'union':
      return 'discriminator' in def && typeof def.discriminator === 'string'
        ? discriminated(def.discriminator, def.options, of)
        : union(def.options, of);
    case 'intersection':
      return intersection(of(def.left), of(def.right));
    default:
      return toPlainValue;
  }
}
