import { z } from 'zod';
import type { Issue } from './errors.js';
import type { JsonSchema, JsonValue } from './json.js';

/**
 * Parameters and configuration are objects, so that a query string and environment variables can
 * name each value.
 */
export type ParamsSchema = z.ZodObject;
export type ConfigSchema = z.ZodObject;
/** Data crosses a process border and ends as JSON: a Date or a Map in it does not compile. */
export type DataSchema = z.ZodType<JsonValue>;

/** The ids of modules and widgets, as they stand in addresses. */
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
 * Writes a schema down as JSON Schema: `input` is what a caller sends, `output` what an answer
 * holds.
 * @throws Error that names `what` when the schema holds something JSON does not know.
 */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output', what: string): JsonSchema {
  try {
    const { $schema: _, ...written } = z.toJSONSchema(schema, { io });
    return written;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `${what} cannot be written as JSON Schema (${reason}): use types that JSON knows`,
      { cause },
    );
  }
}
