import { isRecord } from '@synap/http';
import { errorFormatOf } from '../response/error-formats.js';
import { hasBody, readOperations } from '../routing/operations.js';
import {
  type DocumentedOperation,
  documentedOperations,
  writeBaseDocument,
} from './base-document.js';
import { SchemaComponents } from './components.js';
import { type JsonObject, mapObject } from './json-schema.js';
import type { DocumentOptions, GenerateDocumentOptions, OpenApiDocument } from './options.js';
import { parametersOf } from './parameters.js';
import { requestBodyOf } from './request-body.js';
import {
  errorsOf,
  hasOwnError,
  type ResponseInput,
  responseName,
  responsesOf,
} from './responses.js';
import { errorResponse, headerComponents, problemSchemaOf } from './shared.js';

/**
 * Generates the OpenAPI 3.1 document of the routes that `createRestHandler` serves.
 * @throws Error that names the procedure if a schema cannot be described.
 * @example
 * ```ts
 * const document = generateDocument({ router, title: 'Notes', version: '1.0.0', basePath: '/api/v1' });
 * ```
 */
export function generateDocument(options: GenerateDocumentOptions): OpenApiDocument {
  const documented = documentedOperations(readOperations(options.router), options);
  const baseDocument = writeBaseDocument(documented, options);
  const components = new SchemaComponents();
  const paths: Record<string, Record<string, JsonObject>> = {};
  const responses = new Map<string, JsonObject>();
  for (const entry of documented) {
    const { operation, errors } = completeOperation(
      entry,
      baseOperationOf(baseDocument, entry),
      components,
      options,
    );
    paths[entry.path] = { ...paths[entry.path], [entry.method.toLowerCase()]: operation };
    for (const status of errors) {
      if (hasOwnError(entry, status)) continue;
      responses.set(responseName(status, entry), errorResponse(status, entry, options));
    }
  }
  const { schemas, resolveNames } = components.finish();
  return {
    openapi: '3.1.0',
    info: isRecord(baseDocument.info) ? baseDocument.info : {},
    servers: [{ url: options.basePath || '/' }],
    ...(options.tags ? { tags: options.tags.map((tag) => ({ ...tag })) } : {}),
    paths: resolvePaths(paths, resolveNames),
    components: {
      schemas: { Problem: problemSchemaOf(options), ...formatSchemasOf(documented), ...schemas },
      responses: sorted(responses),
      headers: usedHeaders(paths, responses, options),
      ...(isRecord(baseDocument.components)
        ? { securitySchemes: baseDocument.components.securitySchemes }
        : {}),
    },
  };
}

function baseOperationOf(
  baseDocument: JsonObject,
  { path, method }: DocumentedOperation,
): JsonObject {
  const item = isRecord(baseDocument.paths) ? baseDocument.paths[path] : undefined;
  const operation = isRecord(item) ? item[method.toLowerCase()] : undefined;
  return isRecord(operation) ? operation : {};
}

/** Completes an operation of the base document with its parameters, body and responses. */
function completeOperation(
  entry: DocumentedOperation,
  baseDocument: JsonObject,
  components: SchemaComponents,
  options: DocumentOptions,
): { operation: JsonObject; errors: number[] } {
  const {
    parameters: _parameters,
    requestBody: _body,
    responses: _responses,
    security,
    ...texts
  } = baseDocument;
  const parameters = parametersOf(entry, components, options);
  const requestBody = hasBody(entry.method) ? requestBodyOf(entry, components) : undefined;
  const description = entry.operation.meta.successDescription;
  const input: ResponseInput = {
    entry,
    description,
    readsBody: hasBody(entry.method) && entry.operation.reader.acceptsInput,
  };
  const described = { path: entry.operation.path, meta: entry.operation.procedure._def.meta };
  const schemes = entry.isProtected
    ? options.schemesOf?.(described).map((name) => ({ [name]: [] }))
    : undefined;
  const operation = {
    ...texts,
    security: schemes ?? security ?? [],
    ...options.extensionsOf?.(described),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(requestBody ? { requestBody } : {}),
    responses: responsesOf(input, components, options),
  };
  return { operation, errors: errorsOf(input, options) };
}

/** Schemas of the operations' error formats, by name. */
const formatSchemasOf = (documented: readonly DocumentedOperation[]): Record<string, JsonObject> =>
  Object.fromEntries(
    documented.flatMap(({ operation }) => {
      const format = errorFormatOf(operation.meta);
      return format ? [[format.schemaName, { ...format.schema }]] : [];
    }),
  );

const resolvePaths = (
  paths: OpenApiDocument['paths'],
  resolveNames: (object: JsonObject) => JsonObject,
): OpenApiDocument['paths'] =>
  Object.fromEntries(
    Object.entries(paths).map(([path, item]) => [
      path,
      Object.fromEntries(
        Object.entries(item).map(([method, operation]) => [
          method,
          mapObject(operation, resolveNames),
        ]),
      ),
    ]),
  );

const sorted = (entries: ReadonlyMap<string, JsonObject>): Record<string, JsonObject> =>
  Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));

/** Selects the headers that are referenced: linters warn about unused components. */
function usedHeaders(
  paths: OpenApiDocument['paths'],
  responses: ReadonlyMap<string, JsonObject>,
  { headerExamples }: DocumentOptions,
): Record<string, JsonObject> {
  const text = JSON.stringify([paths, [...responses.values()]]);
  const used = Object.entries(headerComponents).filter(([name]) =>
    text.includes(`"#/components/headers/${name}"`),
  );
  return Object.fromEntries(
    used.map(([name, header]) => [
      name,
      { ...header, example: headerExamples?.[name] ?? header.example },
    ]),
  );
}
