import * as core from 'zod/v4/core';
import { UnsupportedSchema } from './errors.js';

/** Kind of a value, as far as it selects an option of a union. */
export type Kind =
  | 'string'
  | 'number'
  | 'boolean'
  | 'bigint'
  | 'undefined'
  | 'null'
  | 'date'
  | 'array'
  | 'object';

/** Kind of a value; undefined for functions and symbols. */
export function kindOf(value: unknown): Kind | undefined {
  const type = typeof value;
  if (type === 'function' || type === 'symbol') return undefined;
  if (type !== 'object') return type;
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return value instanceof Date ? 'date' : 'object';
}

/**
 * Kinds of the values that a schema accepts.
 * @throws UnsupportedSchema if they cannot be listed.
 */
export function kindsOf(schema: core.$ZodType, depth = 0): Kind[] {
  if (depth > 20) throw new UnsupportedSchema();
  const inner = (wrapped: core.$ZodType) => kindsOf(wrapped, depth + 1);
  if (schema instanceof core.$ZodLazy) return inner(schema._zod.innerType);
  if (schema instanceof core.$ZodNullable) return ['null', ...inner(schema._zod.def.innerType)];
  if (
    schema instanceof core.$ZodOptional ||
    schema instanceof core.$ZodDefault ||
    schema instanceof core.$ZodPrefault
  )
    return ['undefined', ...inner(schema._zod.def.innerType)];
  if (schema instanceof core.$ZodReadonly || schema instanceof core.$ZodNonOptional)
    return inner(schema._zod.def.innerType);
  if (schema instanceof core.$ZodDiscriminatedUnion) return ['object'];
  if (schema instanceof core.$ZodUnion) return schema._zod.def.options.flatMap(inner);
  return kindsOfPlain(schema);
}

function kindsOfPlain(schema: core.$ZodType): Kind[] {
  if (schema instanceof core.$ZodString) return ['string'];
  if (schema instanceof core.$ZodNumber) return ['number'];
  if (schema instanceof core.$ZodBoolean) return ['boolean'];
  if (schema instanceof core.$ZodBigInt) return ['bigint'];
  if (schema instanceof core.$ZodNull) return ['null'];
  if (schema instanceof core.$ZodUndefined || schema instanceof core.$ZodVoid) return ['undefined'];
  if (schema instanceof core.$ZodDate) return ['date'];
  if (schema instanceof core.$ZodArray || schema instanceof core.$ZodTuple) return ['array'];
  if (schema instanceof core.$ZodObject || schema instanceof core.$ZodRecord) return ['object'];
  if (schema instanceof core.$ZodLiteral) return schema._zod.def.values.map(kindOfConstant);
  if (schema instanceof core.$ZodEnum) return [...schema._zod.values].map(kindOfConstant);
  throw new UnsupportedSchema();
}

function kindOfConstant(value: unknown): Kind {
  const kind = kindOf(value);
  if (kind === undefined) throw new UnsupportedSchema();
  return kind;
}
