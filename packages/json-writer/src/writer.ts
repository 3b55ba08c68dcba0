import { $ZodType } from 'zod/v4/core';
import { Compiler } from './compile.js';
import { UnsupportedSchema } from './errors.js';
import type { Node } from './node.js';
import { Notes } from './notes.js';

/**
 * Writes values of a schema without validating them: no undeclared property, and overwrites such as
 * `toLowerCase` applied. Checks kinds, not refinements.
 */
export interface Writer {
  /**
   * Returns the text of `JSON.stringify(schema.parse(value))`, or undefined if the value must be
   * validated and written by `JSON.stringify`: it is unusual, or not valid.
   */
  json(value: unknown): string | undefined;
  /** Returns the text of `superjson.stringify(schema.parse(value))`, or undefined as `json` does. */
  superjson(value: unknown): string | undefined;
}

/**
 * Compiles a schema to a writer. Returns undefined if only validation knows the output, as for
 * transforms, Maps, Sets, unions of similar objects, and parsers other than zod 4.
 * @example
 * ```ts
 * const writer = compileWriter(noteSchema);
 * const text = writer?.json(note) ?? JSON.stringify(noteSchema.parse(note));
 * ```
 */
export function compileWriter(schema: unknown): Writer | undefined {
  const node = schema instanceof $ZodType ? compile(schema) : undefined;
  if (node === undefined) return undefined;
  return {
    json: (value) => attempt(() => node.write(value, '', undefined)),
    superjson: (value) =>
      attempt(() => {
        const notes = new Notes();
        return notes.wrap(node.write(value, '', notes) ?? 'null');
      }),
  };
}

function compile(schema: $ZodType): Node | undefined {
  try {
    return new Compiler().compile(schema);
  } catch (error) {
    if (error instanceof UnsupportedSchema) return undefined;
    throw error;
  }
}

/** Returns undefined for any error: validation then reports it as it would without a writer. */
function attempt(write: () => string | undefined): string | undefined {
  try {
    return write();
  } catch {
    return undefined;
  }
}
