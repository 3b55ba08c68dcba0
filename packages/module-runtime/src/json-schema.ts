import type { JsonSchema } from '@synap/module-sdk';
import { z } from 'zod';

const schemaSchema = z.record(z.string(), z.unknown());
const schemasSchema = z.array(schemaSchema);
const propertiesSchema = z.record(z.string(), schemaSchema);

/** The schemas of an object's properties. */
export function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  const properties = propertiesSchema.safeParse(schema.properties);
  return properties.success ? properties.data : {};
}

/**
 * The schemas that a value may meet: the schema itself, or the members of its `anyOf` or `oneOf`.
 */
export function alternativesOf(schema: JsonSchema): JsonSchema[] {
  const members = schemasSchema.safeParse(schema.anyOf ?? schema.oneOf);
  return members.success ? members.data.flatMap(alternativesOf) : [schema];
}

/** The schema of a list's items, among the alternatives. */
export function itemsOf(alternatives: readonly JsonSchema[]): JsonSchema {
  const items = schemaSchema.safeParse(
    alternatives.find((schema) => schema.items !== undefined)?.items,
  );
  return items.success ? items.data : {};
}

/** The names of the types that the alternatives allow, by `type`, `enum` or `const`. */
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
