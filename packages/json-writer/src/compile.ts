import * as core from 'zod/v4/core';
import { areWritable, listNode, objectNode, type Property, recordNode } from './containers.js';
import { UnsupportedSchema } from './errors.js';
import type { Node } from './node.js';
import { openNode, openRecordNode } from './open-value.js';
import { overwritesOf, rejectOverwrites } from './overwrites.js';
import {
  bigintNode,
  booleanNode,
  constantNode,
  dateNode,
  neverNode,
  nullNode,
  numberNode,
  stringNode,
  undefinedNode,
} from './scalars.js';
import { choiceNode, discriminatedNode } from './unions.js';
import { defaultNode, nullableNode, optionalNode } from './wrappers.js';

/** Compiles schemas to nodes. Schemas may be recursive. */
export class Compiler {
  readonly #nodes = new Map<core.$ZodType, Node>();

  /** @throws UnsupportedSchema if a schema or one of its parts cannot be compiled. */
  compile(schema: core.$ZodType): Node {
    const known = this.#nodes.get(schema);
    if (known) return known;
    let compiled: Node | undefined;
    this.#nodes.set(schema, {
      isAnnotated: true,
      write(value, path, notes) {
        if (compiled === undefined) throw new UnsupportedSchema();
        return compiled.write(value, path, notes);
      },
    });
    compiled = this.#scalar(schema) ?? this.#composite(schema);
    this.#nodes.set(schema, compiled);
    return compiled;
  }

  #scalar(schema: core.$ZodType): Node | undefined {
    if (schema instanceof core.$ZodString) return stringNode(overwritesOf(schema));
    if (schema instanceof core.$ZodNumber) return numberNode(overwritesOf(schema));
    rejectOverwrites(schema);
    if (schema instanceof core.$ZodBoolean) return booleanNode;
    if (schema instanceof core.$ZodDate) return dateNode;
    if (schema instanceof core.$ZodNull) return nullNode;
    if (schema instanceof core.$ZodBigInt) return bigintNode;
    if (schema instanceof core.$ZodLiteral) return constantNode(schema._zod.def.values);
    if (schema instanceof core.$ZodEnum) return constantNode(schema._zod.values);
    if (schema instanceof core.$ZodUndefined || schema instanceof core.$ZodVoid)
      return undefinedNode;
    if (schema instanceof core.$ZodNever) return neverNode;
    return schema instanceof core.$ZodAny || schema instanceof core.$ZodUnknown
      ? openNode
      : undefined;
  }

  #composite(schema: core.$ZodType): Node {
    if (schema instanceof core.$ZodObject) return this.#object(schema);
    if (schema instanceof core.$ZodArray)
      return listNode([], this.compile(schema._zod.def.element));
    if (schema instanceof core.$ZodTuple) return this.#tuple(schema);
    if (schema instanceof core.$ZodRecord) return this.#record(schema);
    if (schema instanceof core.$ZodDiscriminatedUnion)
      return discriminatedNode(schema, (option) => this.compile(option));
    if (schema instanceof core.$ZodUnion)
      return choiceNode(schema, (option) => this.compile(option));
    return this.#wrapper(schema);
  }

  #wrapper(schema: core.$ZodType): Node {
    if (schema instanceof core.$ZodLazy) return this.compile(schema._zod.innerType);
    if (schema instanceof core.$ZodExactOptional) return this.compile(schema._zod.def.innerType);
    if (schema instanceof core.$ZodOptional) {
      const { innerType } = schema._zod.def;
      const inner = this.compile(innerType);
      return innerType._zod.optin === 'defaulted' ? defaultNode(inner) : optionalNode(inner);
    }
    if (schema instanceof core.$ZodNullable)
      return nullableNode(this.compile(schema._zod.def.innerType));
    if (
      schema instanceof core.$ZodDefault ||
      schema instanceof core.$ZodPrefault ||
      schema instanceof core.$ZodNonOptional
    )
      return defaultNode(this.compile(schema._zod.def.innerType));
    if (schema instanceof core.$ZodReadonly) return this.compile(schema._zod.def.innerType);
    throw new UnsupportedSchema();
  }

  #object(schema: core.$ZodObject): Node {
    const { shape, catchall } = schema._zod.def;
    const keys = Object.keys(shape);
    if (Object.getOwnPropertySymbols(shape).length > 0 || !areWritable(keys))
      throw new UnsupportedSchema();
    const properties = Object.entries(shape).map(
      ([key, property]): Property => ({
        key,
        node: this.compile(property),
        isOptional: property._zod.optin === 'optional' && property._zod.optout === 'optional',
      }),
    );
    if (catchall === undefined) return objectNode(properties, 'omit');
    return objectNode(
      properties,
      catchall instanceof core.$ZodNever ? 'reject' : this.compile(catchall),
    );
  }

  #tuple(schema: core.$ZodTuple): Node {
    const { items, rest } = schema._zod.def;
    if (items.some((item) => item._zod.optin !== undefined || item._zod.optout !== undefined))
      throw new UnsupportedSchema();
    return listNode(
      items.map((item) => this.compile(item)),
      rest ? this.compile(rest) : undefined,
    );
  }

  /** Compiles a record whose keys are any text. */
  #record(schema: core.$ZodRecord): Node {
    const { keyType, valueType, mode } = schema._zod.def;
    if (!(keyType instanceof core.$ZodString) || mode === 'loose') throw new UnsupportedSchema();
    rejectOverwrites(keyType);
    const element = this.compile(valueType);
    return element === openNode ? openRecordNode : recordNode(element);
  }
}
