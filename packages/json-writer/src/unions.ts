import * as core from 'zod/v4/core';
import { UnsupportedSchema, unexpected } from './errors.js';
import { type Kind, kindOf, kindsOf } from './kinds.js';
import type { Node } from './node.js';
import { overwritesOf } from './overwrites.js';
import { constantNode } from './scalars.js';

type Compile = (option: core.$ZodType) => Node;

/**
 * Node of a union whose options differ in the kind of their values, so that the kind selects one.
 * Constants of one kind may be in several options.
 * @throws UnsupportedSchema if only validation can select the option.
 */
export function choiceNode(schema: core.$ZodUnion, compile: Compile): Node {
  if (schema instanceof core.$ZodXor) throw new UnsupportedSchema();
  const optionsByKind = new Map<Kind, core.$ZodType[]>();
  for (const option of schema._zod.def.options)
    for (const kind of new Set(kindsOf(option)))
      optionsByKind.set(kind, [...(optionsByKind.get(kind) ?? []), option]);
  // An object schema also accepts a date.
  if (optionsByKind.has('date') && optionsByKind.has('object')) throw new UnsupportedSchema();
  const nodes = new Map<Kind, Node>();
  for (const [kind, options] of optionsByKind) nodes.set(kind, nodeOf(options, compile));
  return {
    isAnnotated: [...nodes.values()].some((node) => node.isAnnotated),
    write(value, path, notes) {
      const kind = kindOf(value);
      const node = kind && nodes.get(kind);
      if (node === undefined) throw unexpected;
      return node.write(value, path, notes);
    },
  };
}

function nodeOf(options: readonly core.$ZodType[], compile: Compile): Node {
  const [first, ...others] = options;
  if (first === undefined) throw new UnsupportedSchema();
  if (others.length === 0) return compile(first);
  const constants = options.map(constantsOf);
  if (constants.every((values) => values !== undefined)) return constantNode(constants.flat());
  // All these options write the same text, so the widest one stands for all.
  const [widest] = options.filter(isPlainScalar);
  if (widest && options.every((option) => isPlainScalar(option) || constantsOf(option)))
    return compile(widest);
  throw new UnsupportedSchema();
}

function constantsOf(schema: core.$ZodType): unknown[] | undefined {
  if (overwritesOf(schema).length > 0) return undefined;
  if (schema instanceof core.$ZodLiteral) return [...schema._zod.def.values];
  return schema instanceof core.$ZodEnum ? [...schema._zod.values] : undefined;
}

const isPlainScalar = (schema: core.$ZodType): boolean =>
  (schema instanceof core.$ZodString ||
    schema instanceof core.$ZodNumber ||
    schema instanceof core.$ZodBoolean) &&
  overwritesOf(schema).length === 0;

/**
 * Node of a union whose options differ in the constants of one property.
 * @throws UnsupportedSchema if an option has other discriminators.
 */
export function discriminatedNode(schema: core.$ZodDiscriminatedUnion, compile: Compile): Node {
  const { discriminator, options } = schema._zod.def;
  const nodes = new Map<unknown, Node>();
  for (const option of options) {
    const values = option._zod.propValues?.[discriminator];
    if (values === undefined) throw new UnsupportedSchema();
    for (const value of values) {
      if (value === undefined || nodes.has(value)) throw new UnsupportedSchema();
      nodes.set(value, compile(option));
    }
  }
  return {
    isAnnotated: [...nodes.values()].some((node) => node.isAnnotated),
    write(value, path, notes) {
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      const node = isObject ? nodes.get(Reflect.get(value, discriminator)) : undefined;
      if (node === undefined) throw unexpected;
      return node.write(value, path, notes);
    },
  };
}
