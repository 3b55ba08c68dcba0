import { isRecord } from '@synap/http';
import { acceptedTypes } from '../input/body-type.js';
import { parameterNames } from '../routing/template.js';
import { acceptsUndefined, definitionOf, unwrap } from '../schema.js';
import type { DocumentedOperation } from './base-document.js';
import type { SchemaComponents } from './components.js';
import {
  branchesOf,
  type JsonObject,
  omitProperties,
  requiresContent,
  withoutRequired,
} from './json-schema.js';

/**
 * Documents the body of an operation: its input without path parameters and fixed input. Returns
 * undefined if no property is left.
 */
export function requestBodyOf(
  entry: DocumentedOperation,
  components: SchemaComponents,
): JsonObject | undefined {
  const { inputs, meta, path: place } = entry.operation;
  if (meta.multipart) {
    const form = components.write(meta.multipart.form, 'input', `${place} form`);
    return { required: true, content: { 'multipart/form-data': { schema: form } } };
  }
  const values = inputs.filter((input) => definitionOf(unwrap(input, 'input')).type !== 'void');
  if (values.length === 0) return undefined;
  const providedNames = new Set([
    ...parameterNames(entry.path),
    ...Object.keys(entry.alias?.input ?? {}),
  ]);
  const written = values.map((input) =>
    omitProperties(
      components.write(input, 'input', `${place} input`),
      providedNames,
      components.resolve,
    ),
  );
  const [only = {}] = written;
  const schema = relaxVersion(
    written.length === 1 ? only : { allOf: written },
    meta.versioned === true,
    components,
  );
  if (isEmptyObject(schema)) return undefined;
  const required = requiresContent(schema, components.resolve) && !values.every(acceptsUndefined);
  const example = omitNames(providedNames, meta.examples?.request);
  const media = { schema, ...(example === undefined ? {} : { example }) };
  // The last media type is the preferred one; generators support only one.
  const type =
    acceptedTypes({ form: entry.form, operation: entry.operation }).at(-1) ?? 'application/json';
  return { ...(required ? { required } : {}), content: { [type]: media } };
}

/** Removes path parameters and fixed input from an example. */
const omitNames = (names: ReadonlySet<string>, example: unknown): unknown =>
  isRecord(example)
    ? Object.fromEntries(Object.entries(example).filter(([name]) => !names.has(name)))
    : example;

/** Makes `version` optional, because `If-Match` can replace it. */
function relaxVersion(
  schema: JsonObject,
  versioned: boolean,
  { resolve }: SchemaComponents,
): JsonObject {
  if (!versioned) return schema;
  const target = typeof schema.$ref === 'string' ? resolve(schema.$ref) : schema;
  if (!Array.isArray(target.required) || !target.required.includes('version')) return schema;
  const relaxed = { ...target };
  withoutRequired(relaxed, new Set(['version']));
  return relaxed;
}

function isEmptyObject(schema: JsonObject): boolean {
  if (schema.type !== 'object' || branchesOf(schema).length > 0) return false;
  const { properties, additionalProperties } = schema;
  return (
    isRecord(properties) && Object.keys(properties).length === 0 && !isRecord(additionalProperties)
  );
}
