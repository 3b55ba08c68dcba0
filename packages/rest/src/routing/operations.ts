import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';
import type { $ZodType } from 'zod/v4/core';
import { createInputReader, type InputReader } from '../input/reader.js';
import type { RestMethod, RestOperation } from '../meta.js';
import { definitionOf, isSchema, isVoid, propertiesOf, unwrap } from '../schema.js';
import { parameterNames } from './template.js';

/** A procedure that is served over REST, with everything that is derived at startup. */
export interface Operation {
  /** Path of the procedure in the router, such as `notes.get`. */
  readonly path: string;
  readonly type: 'query' | 'mutation';
  readonly procedure: AnyTRPCProcedure;
  readonly meta: RestOperation;
  readonly inputs: readonly $ZodType[];
  readonly output: $ZodType | undefined;
  readonly reader: InputReader;
  /** True if the output is a page: `items` with `nextCursor`, or with `page` and `total`. */
  readonly isList: boolean;
  readonly hasVoidOutput: boolean;
  /**
   * True if the input has `createOnly`, which `If-None-Match: *` sets. The procedure must then not
   * replace an existing resource.
   */
  readonly acceptsCreateOnly: boolean;
}

/**
 * True if a creation returns the same representation as the GET at its `location`, and therefore
 * the same entity tag.
 */
export const returnsReadRepresentation = (creation: Operation, read: Operation): boolean =>
  read.output !== undefined &&
  read.output === creation.output &&
  !read.meta.noStore &&
  !creation.meta.noStore;

/** True for methods that take their input from the body; the others use the query. */
export const hasBody = (method: RestMethod): boolean =>
  method === 'POST' || method === 'PUT' || method === 'PATCH';

/**
 * Lists every enabled procedure with `meta.openapi`.
 * @throws Error that names a procedure that cannot be served.
 */
export function readOperations(router: AnyTRPCRouter): Operation[] {
  const lazy = Object.keys(router._def.lazy);
  if (lazy.length > 0)
    throw new Error(`Await loadLazyRouters(router) first: ${lazy.join(', ')} is not loaded yet.`);
  const procedures: Record<string, AnyTRPCProcedure> = router._def.procedures;
  return Object.entries(procedures).flatMap(([path, procedure]) => {
    const meta = metaOf(procedure);
    return meta === undefined || meta.enabled === false
      ? []
      : [readOperation(path, procedure, meta)];
  });
}

/**
 * Loads all lazy parts of a router. Await it before `createRestHandler` and `generateDocument` if
 * the router has any.
 * @throws The error of a part that cannot be loaded.
 * @example
 * ```ts
 * await loadLazyRouters(router);
 * const rest = createRestHandler({ router, createContext });
 * ```
 */
export async function loadLazyRouters(router: AnyTRPCRouter): Promise<void> {
  for (
    let loaders = Object.values(router._def.lazy);
    loaders.length > 0;
    loaders = Object.values(router._def.lazy)
  ) {
    await Promise.all(loaders.map((loader) => loader.load()));
  }
}

const isOperation = (value: unknown): value is RestOperation =>
  typeof value === 'object' && value !== null && 'method' in value && 'path' in value;

function metaOf(procedure: AnyTRPCProcedure): RestOperation | undefined {
  const meta: unknown = procedure._def.meta;
  if (typeof meta !== 'object' || meta === null || !('openapi' in meta)) return undefined;
  return isOperation(meta.openapi) ? meta.openapi : undefined;
}

function readOperation(path: string, procedure: AnyTRPCProcedure, meta: RestOperation): Operation {
  const { type, inputs: parsers } = procedure._def;
  if (type === 'subscription')
    throw new Error(`${path}: a subscription cannot be served over REST; remove its meta.openapi.`);
  const inputs = parsers.map((parser) => {
    if (isSchema(parser)) return parser;
    throw new Error(`${path}: its input must be a zod 4 schema to be served over REST.`);
  });
  const output = outputOf(procedure);
  checkVersioned(path, meta, inputs);
  checkPathParameters(path, meta, inputs);
  return {
    path,
    type,
    procedure,
    meta,
    inputs,
    output,
    reader: createInputReader(inputs),
    isList: output !== undefined && isPage(output),
    hasVoidOutput: output !== undefined && isVoid(output),
    acceptsCreateOnly: inputs.some((input) => propertiesOf(input, 'input').has('createOnly')),
  };
}

/** Reads the output parser, which tRPC stores on the definition but omits from its public type. */
function outputOf(procedure: AnyTRPCProcedure): $ZodType | undefined {
  const def: object = procedure._def;
  return 'output' in def && isSchema(def.output) ? def.output : undefined;
}

function isPage(output: $ZodType): boolean {
  const properties = propertiesOf(output, 'output');
  const items = properties.get('items');
  return (
    items !== undefined &&
    definitionOf(unwrap(items, 'output')).type === 'array' &&
    (properties.has('nextCursor') || (properties.has('page') && properties.has('total')))
  );
}

function checkVersioned(path: string, meta: RestOperation, inputs: readonly $ZodType[]): void {
  if (!meta.versioned || meta.method === 'GET') return;
  if (inputs.some((input) => propertiesOf(input, 'input').has('version'))) return;
  throw new Error(
    `${path}: it is versioned, so its input needs a \`version\`, or If-Match would be ignored.`,
  );
}

function checkPathParameters(path: string, meta: RestOperation, inputs: readonly $ZodType[]): void {
  const known = new Set(inputs.flatMap((input) => [...propertiesOf(input, 'input').keys()]));
  const free = meta.freeParameters?.field;
  if (free !== undefined && !known.has(free))
    throw new Error(`${path}: its free parameters go to "${free}", which its input does not have.`);
  if (known.size === 0) return;
  for (const { path: template } of [meta, ...(meta.aliases ?? [])]) {
    const missing = parameterNames(template).find((name) => !known.has(name));
    if (missing !== undefined)
      throw new Error(`${path}: "${template}" names {${missing}}, which its input does not have.`);
  }
}
