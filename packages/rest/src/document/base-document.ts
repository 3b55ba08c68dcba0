import { isRecord } from '@synap/http';
import { initTRPC } from '@trpc/server';
import { generateOpenApiDocument, type OpenApiMeta } from 'trpc-openapi';
import { z } from 'zod';
import { acceptedTypes } from '../input/body-type.js';
import type { RestAlias, RestMethod, RestOperation, RestPath } from '../meta.js';
import { hasBody, type Operation, returnsReadRepresentation } from '../routing/operations.js';
import { parameterNames } from '../routing/template.js';
import type { JsonObject } from './json-schema.js';
import type { DocumentOptions } from './options.js';

/** One address of an operation, as listed in the document. */
export interface DocumentedOperation {
  readonly operation: Operation;
  readonly operationId: string;
  readonly method: RestMethod;
  readonly path: RestPath;
  readonly form: RestOperation['form'];
  readonly alias: RestAlias | undefined;
  /** True if the address is deprecated and its responses name the successor. */
  readonly hasSuccessor: boolean;
  readonly isProtected: boolean;
  /** True if a creation returns the entity tag of the created resource. */
  readonly creationHasEntityTag: boolean;
  /** True if a GET of the same resource returns its state. */
  readonly hasState: boolean;
}

/**
 * Lists all addresses of all operations.
 * @throws Error if two have the same `operationId`.
 */
export function documentedOperations(
  operations: readonly Operation[],
  options: DocumentOptions,
): DocumentedOperation[] {
  const documented = operations.flatMap((operation): DocumentedOperation[] => {
    const { meta, path, procedure } = operation;
    const operationId = meta.operationId ?? camelCase(path);
    const isProtected =
      options.isProtected?.({ path, meta: procedure._def.meta }) ?? meta.protect !== false;
    const getOperationAt = (path: string | undefined) =>
      operations.find((other) => other.meta.method === 'GET' && other.meta.path === path);
    const created = getOperationAt(meta.location);
    const common = {
      operation,
      isProtected,
      creationHasEntityTag: created !== undefined && returnsReadRepresentation(operation, created),
      hasState: getOperationAt(meta.path)?.isList === false,
    };
    const canonical = {
      ...common,
      operationId,
      method: meta.method,
      path: meta.path,
      form: meta.form,
      alias: undefined,
      hasSuccessor: meta.replacedBy !== undefined,
    };
    const aliases = (meta.aliases ?? []).map((alias, index) => ({
      ...common,
      operationId: alias.operationId ?? `${operationId}Alias${index === 0 ? '' : index + 1}`,
      method: alias.method,
      path: alias.path,
      form: alias.form ?? meta.form,
      alias,
      hasSuccessor: alias.operationId === undefined,
    }));
    return [canonical, ...aliases];
  });
  const ids = new Set<string>();
  for (const { operationId, operation } of documented) {
    if (ids.has(operationId))
      throw new Error(`${operation.path}: the operationId "${operationId}" is taken already.`);
    ids.add(operationId);
  }
  return documented;
}

/** Converts `users.me.update` to `usersMeUpdate`, which generators turn into good method names. */
const camelCase = (path: string) =>
  path
    .split(/[^A-Za-z0-9]+/)
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');

const t = initTRPC.meta<OpenApiMeta>().create();

/**
 * Writes the base document with trpc-openapi, from placeholder procedures. It has paths,
 * operations, tags, security, parameter names and content types. Its schemas are only text and
 * objects; `generateDocument` replaces them.
 */
export function writeBaseDocument(
  documented: readonly DocumentedOperation[],
  options: DocumentOptions,
): JsonObject {
  const router = t.router(
    Object.fromEntries(documented.map((entry) => [entry.operationId, placeholder(entry)])),
  );
  const { securitySchemes, tags } = options;
  const baseDocument: unknown = generateOpenApiDocument(router, {
    title: options.title,
    description: options.description,
    version: options.version,
    baseUrl: options.basePath === undefined || options.basePath === '' ? '/' : options.basePath,
    contact: options.contact,
    license: options.license,
    tags: tags?.map(({ name }) => name),
    securitySchemes: securitySchemes === undefined ? defaultSecurity : { ...securitySchemes },
  });
  const plain: unknown = JSON.parse(JSON.stringify(baseDocument));
  return isRecord(plain) ? plain : {};
}

const defaultSecurity = { bearerAuth: { type: 'http', scheme: 'bearer' } } as const;

function placeholder({
  operation,
  operationId,
  method,
  path,
  form,
  alias,
  hasSuccessor,
  isProtected,
}: DocumentedOperation) {
  const { summary, description, tags, deprecated, successDescription } = operation.meta;
  const names = parameterNames(path);
  const body = hasBody(method) && operation.reader.acceptsInput ? { body: z.unknown() } : {};
  const input = z.object({
    ...body,
    ...Object.fromEntries(names.map((name) => [name, z.string()])),
  });
  return t.procedure
    .meta({
      openapi: {
        method,
        path,
        operationId,
        summary: alias?.summary ?? summary,
        description,
        tags,
        successDescription,
        protect: isProtected,
        deprecated: deprecated === true || hasSuccessor,
        contentTypes: acceptedTypes({ form, operation }),
        errorResponses: [],
      },
    })
    .input(input)
    .output(z.unknown())
    .mutation(() => undefined);
}
