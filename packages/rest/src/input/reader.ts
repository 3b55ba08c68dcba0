import { InputFault, type InputIssue } from '@synap/http';
import type { $ZodType } from 'zod/v4/core';
import { acceptsUndefined, isRecord } from '../schema.js';
import { compileCoercer } from './coercer.js';
import type { Coercer } from './combinators.js';
import { inputFault } from './fault.js';
import { type KnownKeys, knownKeysOf } from './known-keys.js';
import { createNode, type ParameterNode } from './parameters.js';
import { compileReviver, type Reviver } from './reviver.js';

/** What a procedure's inputs ask of a request, worked out once. */
export interface InputReader {
  /** Whether the procedure takes any input at all. */
  readonly takesInput: boolean;
  /** The keys of the input. */
  readonly known: KnownKeys;
  /** From text: a query, a form, path parameters. */
  fromParameters(node: ParameterNode): unknown;
  /** From a parsed JSON body (undefined: none was sent) and the path parameters. */
  fromBody(body: unknown, path: ParameterNode): unknown;
}

/**
 * The reader of a procedure whose `.input()` was called with these schemas; each of them gets the
 * same input.
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
    takesInput: schemas.length > 0,
    known: knownKeysOf(schemas),
    fromParameters,
    fromBody(body, path) {
      if (body === undefined) return fromParameters(path);
      if (path.children === undefined) return reviveAll(revivers, body);
      if (!isRecord(body)) throw inputFault([], 'Send a JSON object.', 'invalid_type');
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
  if (issues.length > 0) throw new InputFault(issues);
  return input;
}

const reviveAll = (revivers: readonly Reviver[], body: unknown) =>
  revivers.reduce((value, revive) => revive(value), body);

/** The path names the resource: a body may repeat what it says, but not contradict it. */
function mergePath(body: unknown, path: unknown): unknown {
  if (!isRecord(body) || !isRecord(path)) return body;
  for (const [name, value] of Object.entries(path)) {
    if (!Object.hasOwn(body, name) || body[name] === undefined || isSame(body[name], value))
      continue;
    throw inputFault([name], `The body says another "${name}" than the path.`, 'contradiction');
  }
  return { ...body, ...path };
}

const isSame = (a: unknown, b: unknown) =>
  a instanceof Date && b instanceof Date ? a.getTime() === b.getTime() : Object.is(a, b);

/** Path parameters as a tree that the query's may be merged into. */
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
