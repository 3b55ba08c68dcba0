import type { JsonSchema } from '@synap/module-sdk';
import { z } from 'zod';

const schemaSchema = z.record(z.string(), z.unknown());
const schemasSchema = z.array(schemaSchema);
const propertiesSchema = z.record(z.string(), schemaSchema);

/** Returns the schemas of an object's properties. */
export function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  const properties = propertiesSchema.safeParse(schema.properties);
  return properties.success ? properties.data : {};
}

/**
 * Returns the schemas that a value may match: the schema itself, or the members of its `anyOf` or
 * `oneOf`.
 */
export function alternativesOf(schema: JsonSchema): JsonSchema[] {
  const members = schemasSchema.safeParse(schema.anyOf ?? schema.oneOf);
  return members.success ? members.data.flatMap(alternativesOf) : [schema];
}

/** Returns the schema of a list's items, from the alternatives. */
export function itemsOf(alternatives: readonly JsonSchema[]): JsonSchema {
  const items = schemaSchema.safeParse(
    alternatives.find((schema) => schema.items !== undefined)?.items,
  );
  return items.success ? items.data : {};
}

/** Returns the names of the types that the alternatives allow, by `type`, `enum` or `const`. */
export function typesOf(alternatives: readonly JsonSchema[]): Set<string> {
  return new Set(
    alternatives.flatMap(({ type, enum: values, const: value }) => [
      ...[type].flat().filter((name) => typeof name === 'string'),
      ...(Array.isArray(values) ? values : value === undefined ? [] : [value]).map(
        (each) => typeof each,
      ),
    ]),
  );
}
