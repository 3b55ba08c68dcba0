import { InputError, type InputIssue, isRecord } from '@synap/http';
import type { $ZodType } from 'zod/v4/core';
import { acceptsUndefined } from '../schema.js';
import { compileCoercer } from './coercer.js';
import type { Coercer } from './combinators.js';
import { inputError } from './input-error.js';
import { type KnownKeys, knownKeysOf } from './known-keys.js';
import { createNode, type ParameterNode } from './parameters.js';
import { compileReviver, type Reviver } from './reviver.js';

/** Reads the input of a procedure; compiled once from its schemas. */
export interface InputReader {
  /** True if the procedure accepts any input. */
  readonly acceptsInput: boolean;
  /** Keys that the input accepts. */
  readonly known: KnownKeys;
  /** Converts text parameters from a query, a form or the path. */
  fromParameters(node: ParameterNode): unknown;
  /** Merges a parsed JSON body (undefined if none was sent) with the path parameters. */
  fromBody(body: unknown, path: ParameterNode): unknown;
}

/**
 * Creates the reader of a procedure with these `.input()` schemas. Each schema gets the same input.
 */
export function createInputReader(schemas: readonly $ZodType[]): InputReader {
  const coercers = schemas.map((schema) => compileCoercer(schema));
  const revivers = schemas
    .map((schema) => compileReviver(schema))
    .filter((reviver) => reviver !== undefined);
  const optional = schemas.every(acceptsUndefined);

  const fromParameters = (node: ParameterNode): unknown => {
    if (optional && node.children === undefined) return undefined;
    return coerceAll(coercers, node);
  };
  return {
    acceptsInput: schemas.length > 0,
    known: knownKeysOf(schemas),
    fromParameters,
    fromBody(body, path) {
      if (body === undefined) return fromParameters(path);
      if (path.children === undefined) return reviveAll(revivers, body);
      if (!isRecord(body)) throw inputError([], 'Send a JSON object.', 'invalid_type');
      return mergePath(reviveAll(revivers, body), coerceAll(coercers, path));
    },
  };
}

function coerceAll(coercers: readonly Coercer[], node: ParameterNode): unknown {
  const issues: InputIssue[] = [];
  let input: unknown;
  for (const coerce of coercers) {
    const read = coerce(node, [], issues);
    input = isRecord(input) && isRecord(read) ? { ...input, ...read } : read;
  }
  if (issues.length > 0) throw new InputError(issues);
  return input;
}

const reviveAll = (revivers: readonly Reviver[], body: unknown) =>
  revivers.reduce((value, revive) => revive(value), body);

/** Merges path parameters into the body. The body may repeat them, but must not contradict them. */
function mergePath(body: unknown, path: unknown): unknown {
  if (!isRecord(body) || !isRecord(path)) return body;
  for (const [name, value] of Object.entries(path)) {
    if (!Object.hasOwn(body, name) || body[name] === undefined || isSame(body[name], value))
      continue;
    throw inputError([name], `"${name}" in the body differs from the path.`, 'contradiction');
  }
  return { ...body, ...path };
}

const isSame = (a: unknown, b: unknown) =>
  a instanceof Date && b instanceof Date ? a.getTime() === b.getTime() : Object.is(a, b);

/** Converts path parameters to a tree, which can be merged with the query's. */
export function pathNode(
  names: readonly string[],
  values: readonly string[],
  query?: ParameterNode,
): ParameterNode {
  const root = query ?? createNode();
  if (names.length === 0) return root;
  root.children ??= new Map();
  for (const [index, name] of names.entries())
    root.children.set(name, createNode(values[index] ?? ''));
  return root;
}
