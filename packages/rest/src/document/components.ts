import { isRecord } from '@synap/http';
import { z } from 'zod';
import { type $ZodType, type $ZodTypes, globalRegistry } from 'zod/v4/core';
import { childrenOf, definitionOf, type Side } from '../schema.js';
import { type JsonObject, mapObject } from './json-schema.js';

const prefix = '#/components/schemas/';

/**
 * Writes zod schemas as JSON Schema and collects named and recursive ones as components. A name
 * whose input and output differ (defaults, transforms) becomes two components: `Note` and
 * `NoteInput`.
 */
export class SchemaComponents {
  readonly #sides: Record<Side, Map<string, JsonObject>> = { input: new Map(), output: new Map() };
  readonly #written = {
    input: new Map<$ZodType, JsonObject>(),
    output: new Map<$ZodType, JsonObject>(),
  };
  readonly #recursive = new Map<string, string>();
  readonly #described = new WeakSet<$ZodType>();

  /**
   * Writes the JSON Schema of a schema. Its references are provisional until `finish`.
   * @param place Name of the schema in error messages.
   * @throws Error if JSON Schema cannot describe the schema.
   */
  write(schema: $ZodType, side: Side, place: string): JsonObject {
    const known = this.#written[side].get(schema);
    if (known) return known;
    // The wrapper object keeps a named schema a reference at the top level.
    const { properties, $defs } = z.toJSONSchema(z.object({ it: schema }), {
      io: side,
      unrepresentable: ({ zodSchema, path }) =>
        this.#represent(
          zodSchema,
          side,
          `${place}: ${path
            .filter((part) => part !== 'properties')
            .slice(1)
            .join('.')}`,
        ),
      override: ({ zodSchema, jsonSchema }) => cleanUp(zodSchema, jsonSchema),
    });
    const names = this.#register(isRecord($defs) ? $defs : {}, side, place);
    const it = isRecord(properties) && isRecord(properties.it) ? properties.it : {};
    const written = rewrite(it, side, names);
    this.#written[side].set(schema, written);
    return written;
  }

  /** Resolves a provisional reference. */
  readonly resolve = (reference: string): JsonObject => {
    const [side, name] = splitReference(reference);
    return (side && this.#sides[side].get(name)) ?? {};
  };

  /**
   * Assigns the final names. Returns the components, and a function that replaces provisional
   * references.
   */
  finish(): {
    schemas: Record<string, JsonObject>;
    resolveNames: (object: JsonObject) => JsonObject;
  } {
    const different = this.#differing();
    const nameOf = (side: Side, name: string) =>
      side === 'input' && different.has(name) ? `${name}Input` : name;
    const resolveNames = (object: JsonObject): JsonObject => {
      const [side, name] = typeof object.$ref === 'string' ? splitReference(object.$ref) : [];
      return side && name ? { ...object, $ref: `${prefix}${nameOf(side, name)}` } : object;
    };
    const schemas: Record<string, JsonObject> = {};
    for (const side of ['input', 'output'] as const) {
      for (const [name, schema] of this.#sides[side])
        schemas[nameOf(side, name)] = mapObject(schema, resolveNames);
    }
    return {
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
      resolveNames,
    };
  }

  /**
   * Registers definitions and returns their names. A name is `undefined` if the definition accepts
   * everything.
   */
  #register(definitions: JsonObject, side: Side, place: string): Names {
    const names: Map<string, string | undefined> = new Map(
      Object.keys(definitions).map((key) => [key, key]),
    );
    for (const [key, definition] of Object.entries(definitions)) {
      if (key.startsWith('__schema') && isRecord(definition))
        names.set(key, this.#nameRecursive(key, definition, place));
    }
    for (const [key, definition] of Object.entries(definitions)) {
      const name = names.get(key);
      if (name !== undefined && isRecord(definition))
        this.#sides[side].set(name, rewrite(definition, side, names));
    }
    return names;
  }

  /**
   * Names a recursive schema without an id, which must be a component too. Equal schemas share a
   * name.
   */
  #nameRecursive(key: string, definition: JsonObject, place: string): string | undefined {
    const text = JSON.stringify(definition).replaceAll(`"#/$defs/${key}"`, '"#"');
    const known = this.#recursive.get(text);
    if (known !== undefined) return known;
    if (text === jsonText()) return undefined;
    const base = `${pascalCase(place)}Node`;
    const taken = [...this.#recursive.values()];
    let name = base;
    for (let count = 2; taken.includes(name); count += 1) name = `${base}${count}`;
    this.#recursive.set(text, name);
    return name;
  }

  /** Names whose input and output differ, directly or in a referenced schema. */
  #differing(): Set<string> {
    const { input, output } = this.#sides;
    const different = new Set<string>();
    const text = (schema: JsonObject) => JSON.stringify(mapObject(schema, sideless));
    for (const [name, schema] of input) {
      const other = output.get(name);
      if (other && text(other) !== text(schema)) different.add(name);
    }
    for (let size = -1; size !== different.size; ) {
      size = different.size;
      for (const [name, schema] of input)
        if (output.has(name) && refersTo(schema, different)) different.add(name);
    }
    return different;
  }

  /**
   * True if `.meta()` contains the JSON Schema. `.meta()` copies the schema and zod later visits
   * the original, so that its parent is remembered.
   */
  #hasOwnJsonSchema(schema: $ZodType): boolean {
    const meta = globalRegistry.get(schema);
    const isDescribed =
      this.#described.has(schema) || (meta !== undefined && ownKeywords.some((key) => key in meta));
    if (isDescribed && schema._zod.parent) this.#described.add(schema._zod.parent);
    return isDescribed;
  }

  /** Describes types that JSON Schema lacks, as they are served. */
  #represent(schema: $ZodTypes, side: Side, place: string): JsonObject {
    const def = definitionOf(schema);
    const inner = (child: $ZodType) => this.write(child, side, place);
    switch (def.type) {
      case 'date':
        return { type: 'string', format: 'date-time' };
      case 'bigint':
        return { type: 'string', pattern: '^-?[0-9]+$' };
      case 'literal':
        return {
          enum: def.values.map((value) => (typeof value === 'bigint' ? String(value) : value)),
        };
      case 'set':
        return { type: 'array', uniqueItems: true, items: inner(def.valueType) };
      case 'map':
        return definitionOf(def.keyType).type === 'string'
          ? { type: 'object', additionalProperties: inner(def.valueType) }
          : {
              type: 'array',
              items: {
                type: 'array',
                minItems: 2,
                maxItems: 2,
                prefixItems: childrenOf(schema, side).map(inner),
              },
            };
      case 'undefined':
      case 'void':
        return { not: {} };
      case 'nan':
        return { type: 'null' };
      default: {
        if (this.#hasOwnJsonSchema(schema)) return {};
        throw new Error(
          `${place} is a ${def.type}, which JSON Schema cannot describe: pipe it into a schema, or describe it with .meta({ type: … }).`,
        );
      }
    }
  }
}

const ownKeywords = ['type', '$ref', 'anyOf', 'oneOf', 'allOf', 'enum', 'const'];

const pascalCase = (place: string) =>
  place
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

type Names = ReadonlyMap<string, string | undefined>;

/**
 * Text of the schema of `z.json()`, which accepts everything. It is recursive and some generators
 * cannot handle it.
 */
function jsonText(): string {
  const { $defs } = z.toJSONSchema(z.object({ it: z.json() }), {
    override: ({ zodSchema, jsonSchema }) => cleanUp(zodSchema, jsonSchema),
  });
  return JSON.stringify(Object.values($defs ?? {})[0]).replaceAll(
    /"#\/\$defs\/__schema\d+"/g,
    '"#"',
  );
}

/**
 * Part of a pattern that excludes lone surrogates. JSON has none (RFC 8259 §8.2), and regular
 * expressions in Python, Rust and Go do not support them.
 */
const loneSurrogates = /\\ud800-\\udfff(?=\])(?<=\[\^[^\][]+\\ud800-\\udfff)/i;

/** Removes keywords that do not match the served data. */
function cleanUp(schema: $ZodTypes, json: JsonObject): void {
  const def = definitionOf(schema);
  if (typeof json.pattern === 'string') json.pattern = json.pattern.replace(loneSurrogates, '');
  // Generated Go and Java code with an object as default does not compile. The property stays
  // optional.
  if (isRecord(json.default)) delete json.default;
  if (
    def.type === 'record' &&
    isRecord(json.propertyNames) &&
    JSON.stringify(json.propertyNames) === '{"type":"string"}'
  ) {
    delete json.propertyNames;
  }
  if (def.type !== 'object') return;
  // Later versions may return more properties. Use `z.strictObject()` to forbid them.
  if (!def.catchall && json.additionalProperties === false) delete json.additionalProperties;
  const absent = Object.entries<$ZodType>(def.shape).filter(
    ([, property]) => definitionOf(property).type === 'undefined',
  );
  if (absent.length === 0 || !Array.isArray(json.required)) return;
  json.required = json.required.filter((name) => absent.every(([key]) => key !== name));
}

/** Writes `anyOf: [T, null]` as `type: [T, null]`, which more generators read as nullable. */
function mergeNull(schema: JsonObject): JsonObject {
  const { anyOf, ...others } = schema;
  if (!Array.isArray(anyOf) || anyOf.length !== 2 || !anyOf.every(isRecord)) return schema;
  const only = anyOf.find(({ type }) => type !== 'null');
  if (typeof only?.type !== 'string' || anyOf.every(({ type }) => type !== 'null')) return schema;
  const values = Array.isArray(only.enum) ? { enum: [...only.enum, null] } : {};
  return 'const' in only ? schema : { ...only, ...others, type: [only.type, 'null'], ...values };
}

const rewrite = (schema: JsonObject, side: Side, names: Names): JsonObject =>
  mapObject(schema, (object) => {
    const { $ref, ...others } = mergeNull(object);
    if (typeof $ref !== 'string' || !$ref.startsWith('#/$defs/'))
      return $ref === undefined ? others : { $ref, ...others };
    const name = names.get($ref.slice('#/$defs/'.length));
    return name === undefined ? others : { ...others, $ref: `${prefix}${side}:${name}` };
  });

function splitReference(reference: string): [Side, string] | [undefined, string] {
  const name = reference.slice(prefix.length);
  if (name.startsWith('input:')) return ['input', name.slice('input:'.length)];
  if (name.startsWith('output:')) return ['output', name.slice('output:'.length)];
  return [undefined, name];
}

const sideless = (object: JsonObject): JsonObject =>
  typeof object.$ref === 'string' ? { ...object, $ref: splitReference(object.$ref)[1] } : object;

function refersTo(schema: JsonObject, names: ReadonlySet<string>): boolean {
  let found = false;
  mapObject(schema, (object) => {
    if (typeof object.$ref === 'string' && names.has(splitReference(object.$ref)[1])) found = true;
    return object;
  });
  return found;
}
