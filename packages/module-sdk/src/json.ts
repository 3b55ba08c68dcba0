/**
 * A value that survives JSON unchanged, as exchanged between a module and the server. `undefined`
 * properties are dropped.
 */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/** A JSON object, such as the payload of an event. */
export type JsonObject = { readonly [key: string]: JsonValue | undefined };

/** A JSON Schema (draft 2020-12), as zod writes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;
