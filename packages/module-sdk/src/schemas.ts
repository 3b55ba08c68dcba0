import { z } from 'zod';
import type { Issue } from './errors.js';
import type { JsonSchema, JsonValue } from './json.js';

/** Schema of parameters: an object, so that a query string can address each value. */
export type ParamsSchema = z.ZodObject;
/** Schema of a configuration: an object, whose keys are set by environment variables. */
export type ConfigSchema = z.ZodObject;
/** Data crosses a process boundary as JSON: a Date or a Map in it does not compile. */
export type DataSchema = z.ZodType<JsonValue>;

/** Ids of modules and widgets, as used in URLs. */
export const idSchema = z
  .string()
  .max(60)
  .regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and hyphens, starting with a letter');

export function issuesOf(error: z.ZodError): Issue[] {
  return error.issues.map(({ path, message, code }) => ({
    path: path.map((part) => (typeof part === 'symbol' ? String(part) : part)),
    message,
    code: code ?? 'custom',
  }));
}

/**
 * Converts a schema to JSON Schema: `input` is the type that callers send, `output` the type of the
 * response.
 * @throws Error that names `what` if the schema has a type that JSON does not have
 */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output', what: string): JsonSchema {
  try {
    const { $schema: _, ...written } = z.toJSONSchema(schema, { io });
    return written;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `${what} cannot be written as JSON Schema (${reason}): use types that JSON has`,
      { cause },
    );
  }
}
