import type { $ZodType, $ZodTypes } from 'zod/v4/core';

/** Definition of a schema, as a union that narrows on `type`. */
export type SchemaDefinition = $ZodTypes['_zod']['def'];

export function isSchema(value: unknown): value is $ZodType {
  return typeof value === 'object' && value !== null && '_zod' in value;
}

/**
 * Narrows a schema to its definition. `$ZodTypes` is zod's closed list of schema types, but zod
 * only supports the narrowing with a cast.
 */
export const definitionOf = (schema: $ZodType): SchemaDefinition => (schema as $ZodTypes)._zod.def;

/** Side of a schema with transforms: before (`input`) or after (`output`). */
export type Side = 'input' | 'output';

/** Direct child schemas on one side. */
export function childrenOf(schema: $ZodType, side: Side): $ZodType[] {
  const def = definitionOf(schema);
  switch (def.type) {
    case 'object':
      return def.catchall
        ? [...Object.values<$ZodType>(def.shape), def.catchall]
        : Object.values<$ZodType>(def.shape);
    case 'array':
      return [def.element];
    case 'tuple':
      return def.rest ? [...def.items, def.rest] : [...def.items];
    case 'record':
    case 'map':
      return [def.keyType, def.valueType];
    case 'set':
      return [def.valueType];
    case 'union':
      return [...def.options];
    case 'intersection':
      return [def.left, def.right];
    case 'pipe':
      return [side === 'input' ? def.in : def.out];
    case 'lazy':
      return [def.getter()];
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
    case 'promise':
      return [def.innerType];
    default:
      return [];
  }
}

/** True if a schema or any of its descendants has one of these types on that side. */
export function containsType(
  schema: $ZodType,
  side: Side,
  types: ReadonlySet<SchemaDefinition['type']>,
): boolean {
  const seen = new Set<$ZodType>();
  const visit = (current: $ZodType): boolean => {
    if (seen.has(current)) return false;
    seen.add(current);
    return types.has(definitionOf(current).type) || childrenOf(current, side).some(visit);
  };
  return visit(schema);
}

/**
 * Removes wrappers that do not change the shape: optional, default, lazy, and one side of a pipe.
 */
export function unwrap(schema: $ZodType, side: Side): $ZodType {
  let current = schema;
  for (let depth = 0; depth < 100; depth += 1) {
    const { type } = definitionOf(current);
    if (!transparent.has(type)) return current;
    const [inner] = childrenOf(current, side);
    if (inner === undefined) return current;
    current = inner;
  }
  return current;
}

const transparent: ReadonlySet<string> = new Set([
  'optional',
  'nullable',
  'default',
  'prefault',
  'nonoptional',
  'readonly',
  'catch',
  'promise',
  'lazy',
  'pipe',
]);

/**
 * Properties of an object schema by name. Includes those of wrappers, intersections and all options
 * of a union.
 */
export function propertiesOf(schema: $ZodType, side: Side): Map<string, $ZodType> {
  const properties = new Map<string, $ZodType>();
  const visit = (current: $ZodType, depth: number) => {
    const inner = unwrap(current, side);
    const def = definitionOf(inner);
    if (def.type === 'object') {
      for (const [name, property] of Object.entries<$ZodType>(def.shape))
        if (!properties.has(name)) properties.set(name, property);
    } else if ((def.type === 'union' || def.type === 'intersection') && depth < 20) {
      for (const child of childrenOf(inner, side)) visit(child, depth + 1);
    }
  };
  visit(schema, 0);
  return properties;
}

/** True if the schema accepts `undefined`. */
export function acceptsUndefined(schema: $ZodType): boolean {
  const { type } = definitionOf(schema);
  return schema._zod.optin !== undefined || type === 'void' || type === 'undefined';
}

/** True if a schema has no value: `z.void()`, `z.undefined()`, `z.never()`. */
export function isVoid(schema: $ZodType): boolean {
  const { type } = definitionOf(unwrap(schema, 'output'));
  return type === 'void' || type === 'undefined' || type === 'never';
}

/** Schemas that a procedure's inputs declare for one property. */
export interface Alternatives {
  /** More than one if the options of a union differ. */
  readonly schemas: readonly $ZodType[];
  /** True if every option of a union requires the property. */
  readonly required: boolean;
}

/** Properties of all inputs by name, with each schema that any option of a union declares. */
export function alternativesOf(inputs: readonly $ZodType[]): Map<string, Alternatives> {
  const merged = new Map<string, Alternatives>();
  for (const input of inputs) {
    for (const [name, { schemas, required }] of alternatives(input, 0)) {
      const known = merged.get(name);
      merged.set(name, {
        schemas: [...new Set([...(known?.schemas ?? []), ...schemas])],
        required: (required && !acceptsUndefined(input)) || known?.required === true,
      });
    }
  }
  return merged;
}

function alternatives(schema: $ZodType, depth: number): Map<string, Alternatives> {
  const inner = unwrap(schema, 'input');
  const def = definitionOf(inner);
  if (def.type === 'object') {
    const properties = Object.entries<$ZodType>(def.shape);
    return new Map(
      properties.map(([name, property]) => [
        name,
        { schemas: [property], required: !acceptsUndefined(property) },
      ]),
    );
  }
  if ((def.type !== 'union' && def.type !== 'intersection') || depth > 20) return new Map();
  const parts = childrenOf(inner, 'input').map((child) => alternatives(child, depth + 1));
  const names = new Set(parts.flatMap((part) => [...part.keys()]));
  return new Map(
    [...names].map((name) => {
      const declared = parts.map((part) => part.get(name));
      const isRequired = (part: Alternatives | undefined) => part?.required === true;
      return [
        name,
        {
          schemas: [...new Set(declared.flatMap((part) => [...(part?.schemas ?? [])]))],
          required: def.type === 'union' ? declared.every(isRequired) : declared.some(isRequired),
        },
      ];
    }),
  );
}
