import { isRecord } from '@synap/http';
import type { $ZodType } from 'zod/v4/core';
import { storesResponses } from '../idempotency/attempt.js';
import type { RestExamples } from '../meta.js';
import { hasBody } from '../routing/operations.js';
import { parameterNames } from '../routing/template.js';
import { alternativesOf, definitionOf, unwrap } from '../schema.js';
import type { DocumentedOperation } from './base-document.js';
import type { SchemaComponents } from './components.js';
import type { JsonObject } from './json-schema.js';
import type { DocumentOptions } from './options.js';
import { hasEntityTag } from './responses.js';

/** Lists the path, query and header parameters of an operation. */
export function parametersOf(
  entry: DocumentedOperation,
  components: SchemaComponents,
  options: DocumentOptions,
): JsonObject[] {
  const names = new Set(parameterNames(entry.path));
  const { inputs, path: place, meta } = entry.operation;
  const parameters: JsonObject[] = [];
  for (const [name, { schemas, required }] of alternativesOf(inputs)) {
    const inPath = names.has(name);
    if ((!inPath && hasBody(entry.method)) || Object.hasOwn(entry.alias?.input ?? {}, name))
      continue;
    const written = schemas.map((schema) =>
      components.write(schema, 'input', `${place} input.${name}`),
    );
    const [only = {}] = written;
    const schema = written.length === 1 ? only : { anyOf: written };
    if (meta.freeParameters?.field === name) {
      parameters.push(
        withExample(
          freeParameter(meta.freeParameters.name, schema),
          exampleOf(meta.examples, name),
        ),
      );
      continue;
    }
    parameters.push(
      withExample(
        inPath ? pathParameter(name, schema) : queryParameter(name, schema, schemas, required),
        exampleOf(meta.examples, name),
      ),
    );
  }
  parameters.sort((a, b) => Number(b.in === 'path') - Number(a.in === 'path'));
  return [...parameters, ...headerParameters(entry, options)];
}

const exampleOf = (examples: RestExamples | undefined, name: string): unknown =>
  examples?.parameters?.[name] ??
  (isRecord(examples?.request) ? examples.request[name] : undefined);

function withExample(parameter: JsonObject, example: unknown): JsonObject {
  return example === undefined ? parameter : { ...parameter, example };
}

/** Moves the description from the schema to the parameter, where readers expect it. */
function split(schema: JsonObject): { schema: JsonObject; description?: unknown } {
  const { description, ...rest } = schema;
  return description === undefined || '$ref' in schema ? { schema } : { description, schema: rest };
}

function pathParameter(name: string, schema: JsonObject): JsonObject {
  // An empty path segment would match another route.
  const filled =
    schema.type === 'string' && fillingKeywords.every((keyword) => !(keyword in schema))
      ? { ...schema, minLength: 1 }
      : schema;
  return { name, in: 'path', required: true, ...split(filled) };
}

/** Keywords that exclude empty text. Some generators fail if a length accompanies an enum. */
const fillingKeywords = ['minLength', 'pattern', 'enum', 'const'];

function queryParameter(
  name: string,
  schema: JsonObject,
  schemas: readonly $ZodType[],
  required: boolean,
): JsonObject {
  const nested = schemas.some((candidate) =>
    objectTypes.has(definitionOf(unwrap(candidate, 'input')).type),
  );
  const style = nested ? { style: 'deepObject', explode: true } : {};
  return { name, in: 'query', ...(required ? { required } : {}), ...style, ...split(schema) };
}

/** Documents undeclared query parameters as the properties of one exploded object. */
function freeParameter(name: string, schema: JsonObject): JsonObject {
  return { name, in: 'query', style: 'form', explode: true, ...split(schema) };
}

const objectTypes: ReadonlySet<string> = new Set(['object', 'record', 'map', 'intersection']);

function headerParameters(entry: DocumentedOperation, options: DocumentOptions): JsonObject[] {
  const { meta, hasVoidOutput } = entry.operation;
  const header = (name: string, description: string, schema: JsonObject = { type: 'string' }) => ({
    name,
    in: 'header',
    description,
    schema,
  });
  const headers: JsonObject[] = [];
  if (entry.method === 'GET' && hasEntityTag(entry) && !hasVoidOutput) {
    headers.push(
      header('If-None-Match', 'Entity tag of a stored response; 304 if it is still current.'),
    );
  }
  if (entry.method !== 'GET' && meta.versioned) {
    const schema = { type: 'string', pattern: '^(\\*|"[0-9]{1,10}")$' };
    headers.push(
      header(
        'If-Match',
        'Entity tag that the change is based on, such as "7"; can replace version.',
        schema,
      ),
    );
  }
  if (options.idempotency && storesResponses(entry)) {
    const schema = { type: 'string', pattern: '^"?[!#-\\[\\]-~]{1,255}"?$' };
    headers.push(
      header(
        'Idempotency-Key',
        'Makes retries safe: a repeated request gets the response of the first one.',
        schema,
      ),
    );
  }
  return headers;
}
