import { isRecord } from '@synap/http';
/** A JSON Schema (2020-12, as in OpenAPI 3.1), or any other JSON object of a document. */
export type JsonObject = { [key: string]: unknown };

/** Copies a JSON value and applies `change` to every object in it, innermost first. */
export function mapObjects(value: unknown, change: (object: JsonObject) => JsonObject): unknown {
  if (Array.isArray(value)) return value.map((item) => mapObjects(item, change));
  if (!isRecord(value)) return value;
  return change(
    Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, mapObjects(inner, change)]),
    ),
  );
}

/** Copies an object and applies `change` to every object in it. */
export const mapObject = (
  value: JsonObject,
  change: (object: JsonObject) => JsonObject,
): JsonObject => {
  const mapped = mapObjects(value, change);
  return isRecord(mapped) ? mapped : {};
};

/** Branches of a composed schema. */
export const branchesOf = (schema: JsonObject): JsonObject[] =>
  [schema.anyOf, schema.oneOf, schema.allOf].flatMap((branches) =>
    Array.isArray(branches) ? branches.filter(isRecord) : [],
  );

/**
 * Removes properties from a schema; `resolve` follows a reference. A reference without any of them
 * stays unchanged.
 */
export function omitProperties(
  schema: JsonObject,
  names: ReadonlySet<string>,
  resolve: (reference: string) => JsonObject,
): JsonObject {
  if (typeof schema.$ref === 'string') {
    const target = resolve(schema.$ref);
    const slim = omitProperties(target, names, resolve);
    return JSON.stringify(slim) === JSON.stringify(target) ? schema : slim;
  }
  const slim: JsonObject = { ...schema };
  if (isRecord(schema.properties)) {
    slim.properties = Object.fromEntries(
      Object.entries(schema.properties).filter(([name]) => !names.has(name)),
    );
  }
  withoutRequired(slim, names);
  for (const keyword of ['anyOf', 'oneOf', 'allOf']) {
    const branches = schema[keyword];
    if (!Array.isArray(branches)) continue;
    slim[keyword] = branches.map((branch) =>
      isRecord(branch) ? omitProperties(branch, names, resolve) : branch,
    );
  }
  return slim;
}

/** Removes names from `required`. Deletes an empty `required`, which OpenAPI 3.0 forbids. */
export function withoutRequired(schema: JsonObject, names: ReadonlySet<string>): void {
  if (!Array.isArray(schema.required)) return;
  const required = schema.required.filter((name) => !names.has(String(name)));
  if (required.length > 0) schema.required = required;
  else delete schema.required;
}

/** True if a schema rejects an empty object. */
export function requiresContent(
  schema: JsonObject,
  resolve: (reference: string) => JsonObject,
): boolean {
  if (typeof schema.$ref === 'string') return requiresContent(resolve(schema.$ref), resolve);
  if (Array.isArray(schema.required) && schema.required.length > 0) return true;
  if (typeof schema.type === 'string' && schema.type !== 'object') return true;
  const demands = (branches: unknown) =>
    Array.isArray(branches)
      ? branches.filter(isRecord).map((branch) => requiresContent(branch, resolve))
      : [];
  const either = [...demands(schema.anyOf), ...demands(schema.oneOf)];
  return (either.length > 0 && either.every(Boolean)) || demands(schema.allOf).some(Boolean);
}
