import { isRecord } from '@synap/http';
import type { JsonObject } from './json-schema.js';
import type { OpenApiDocument } from './options.js';

type Resolve = (reference: string) => JsonObject;

/**
 * Converts a document to OpenAPI 3.0.3, for generators that do not support 3.1. Schemas that 3.0
 * cannot express (tuples, property name patterns) become wider, never narrower.
 * @example
 * ```ts
 * const document30 = toOpenApi30(generateDocument(options));
 * ```
 */
export function toOpenApi30(document: OpenApiDocument): OpenApiDocument {
  const { license, ...info } = document.info;
  const { schemas, ...components } = document.components;
  const resolve: Resolve = (reference) =>
    schemas[reference.slice('#/components/schemas/'.length)] ?? {};
  const paths = Object.entries(document.paths).map(([path, item]) => [
    path,
    Object.fromEntries(
      Object.entries(item).map(([method, operation]) => [
        method,
        convertHolder(operation, resolve),
      ]),
    ),
  ]);
  return {
    ...document,
    openapi: '3.0.3',
    info: isRecord(license) ? { ...info, license: withUrl(license) } : info,
    paths: Object.fromEntries(paths),
    components: {
      ...convertHolder(components, resolve),
      schemas: Object.fromEntries(
        Object.entries(schemas).map(([name, schema]) => [name, convertSchema(schema, resolve)]),
      ),
    },
  };
}

/** Replaces the SPDX identifier by a URL, since 3.0 has no identifier. */
const withUrl = ({ identifier, ...license }: JsonObject): JsonObject =>
  typeof identifier === 'string'
    ? { url: `https://spdx.org/licenses/${identifier}.html`, ...license }
    : license;

/**
 * Converts the schemas in operations, parameters, bodies and headers. Skips examples, which are
 * data.
 */
function convertHolder(holder: JsonObject, resolve: Resolve): JsonObject {
  return Object.fromEntries(
    Object.entries(holder).map(([key, value]) => {
      if (key === 'schema' && isRecord(value)) return [key, convertSchema(value, resolve)];
      if (key === 'example' || key === 'examples') return [key, value];
      if (Array.isArray(value))
        return [key, value.map((item) => (isRecord(item) ? convertHolder(item, resolve) : item))];
      return [key, isRecord(value) ? convertHolder(value, resolve) : value];
    }),
  );
}

/** Keywords that 3.0 does not support. */
const unknown: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  '$defs',
  'prefixItems',
  'propertyNames',
  'patternProperties',
  'contentEncoding',
  'contentMediaType',
  'dependentRequired',
  'unevaluatedProperties',
  'contains',
  'if',
  'then',
  'else',
]);

const convert = (value: unknown, resolve: Resolve): JsonObject => {
  if (value === false) return { not: {} };
  return isRecord(value) ? convertSchema(value, resolve) : {};
};

function convertSchema(schema: JsonObject, resolve: Resolve): JsonObject {
  if (typeof schema.$ref === 'string') return convertReference(schema);
  const converted: JsonObject = {};
  for (const [key, value] of Object.entries(schema))
    if (!unknown.has(key)) converted[key] = convertKeyword(key, value, resolve);
  convertType(converted);
  convertTuple(schema, converted, resolve);
  convertConstants(converted);
  convertBounds(converted, 'minimum', 'exclusiveMinimum');
  convertBounds(converted, 'maximum', 'exclusiveMaximum');
  if (Array.isArray(converted.examples)) {
    converted.example ??= converted.examples[0];
    delete converted.examples;
  }
  convertNullBranch(converted, 'anyOf', resolve);
  convertNullBranch(converted, 'oneOf', resolve);
  return converted;
}

function convertKeyword(key: string, value: unknown, resolve: Resolve): unknown {
  switch (key) {
    case 'properties':
      return isRecord(value)
        ? Object.fromEntries(
            Object.entries(value).map(([name, inner]) => [name, convert(inner, resolve)]),
          )
        : value;
    case 'anyOf':
    case 'oneOf':
    case 'allOf':
      return Array.isArray(value) ? value.map((inner) => convert(inner, resolve)) : value;
    case 'items':
    case 'not':
      return convert(value, resolve);
    case 'additionalProperties':
      return isRecord(value) ? convert(value, resolve) : value;
    default:
      return value;
  }
}

/** Wraps a reference with siblings: 3.0 forbids them. */
function convertReference({ $ref, ...others }: JsonObject): JsonObject {
  return Object.keys(others).length === 0 ? { $ref } : { allOf: [{ $ref }], ...others };
}

/** Converts `type: [T, 'null']` to `nullable`, and several types to `anyOf`. */
function convertType(schema: JsonObject): void {
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  const others = types.filter((type) => type !== 'null');
  const nullable = others.length < types.length;
  if (others.length === 0) Object.assign(schema, nullOnly);
  else if (others.length > 1) {
    delete schema.type;
    schema.anyOf = others.map((type) => ({ type, ...(nullable ? { nullable } : {}) }));
  } else if (others[0] !== undefined) {
    schema.type = others[0];
    if (nullable) schema.nullable = true;
  }
  if (schema.type === 'array' && schema.items === undefined) schema.items = {};
}

function convertTuple(schema: JsonObject, converted: JsonObject, resolve: Resolve): void {
  if (!Array.isArray(schema.prefixItems)) return;
  const items = schema.prefixItems.map((item) => convert(item, resolve));
  converted.items = {
    anyOf: isRecord(schema.items) ? [...items, convert(schema.items, resolve)] : items,
  };
}

function convertConstants(schema: JsonObject): void {
  if (!('const' in schema)) return;
  schema.enum = [schema.const];
  if (schema.const === null) schema.nullable = true;
  delete schema.const;
}

function convertBounds(schema: JsonObject, bound: string, exclusive: string): void {
  const limit = schema[exclusive];
  if (typeof limit !== 'number') return;
  const other = schema[bound];
  const isTighter =
    typeof other !== 'number' || (bound === 'minimum' ? limit >= other : limit <= other);
  delete schema[exclusive];
  if (!isTighter) return;
  schema[bound] = limit;
  schema[exclusive] = true;
}

/** Schema of null alone. `nullable` has no effect without a `type`. */
const nullOnly = { type: 'object', nullable: true, enum: [null] } as const;

/**
 * Converts `anyOf: [X, null]` to X with `nullable`. Of several branches, those with a type become
 * `nullable`.
 */
function convertNullBranch(schema: JsonObject, keyword: 'anyOf' | 'oneOf', resolve: Resolve): void {
  const branches = schema[keyword];
  if (!Array.isArray(branches) || !branches.some(isNull)) return;
  const others = branches.filter((branch) => isRecord(branch) && !isNull(branch));
  const [only] = others;
  const nullable = orNull(others.length === 1 ? only : { [keyword]: others }, resolve);
  delete schema[keyword];
  Object.assign(schema, { ...nullable, ...schema });
}

/** Makes a converted schema nullable. */
function orNull(schema: JsonObject, resolve: Resolve): JsonObject {
  if (typeof schema.$ref === 'string') {
    const { type } = resolve(schema.$ref);
    return typeof type === 'string'
      ? { type, nullable: true, allOf: [schema] }
      : { anyOf: [schema, nullOnly] };
  }
  if (typeof schema.type === 'string') {
    const values = Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {};
    return { ...schema, ...values, nullable: true };
  }
  for (const keyword of ['anyOf', 'oneOf']) {
    const branches = schema[keyword];
    if (!Array.isArray(branches)) continue;
    const typed = branches.some((branch) => typeof branch.type === 'string');
    const mapped = branches.map((branch) =>
      typeof branch.type === 'string' ? { ...branch, nullable: true } : branch,
    );
    return { ...schema, [keyword]: typed ? mapped : [...branches, nullOnly] };
  }
  return Array.isArray(schema.allOf) ? { anyOf: [schema, nullOnly] } : schema;
}

const isNull = (branch: unknown) =>
  isRecord(branch) &&
  branch.nullable === true &&
  Array.isArray(branch.enum) &&
  branch.enum.every((value) => value === null);
