import { z } from 'zod';

/** Id of a module, or of a widget within its module. */
export const slugSchema = z
  .string()
  .max(60)
  .regex(/^[a-z][a-z0-9-]*$/, 'Lower-case letters, digits and hyphens, starting with a letter');

/** Any value that JSON can carry. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | JsonValue[]
  | { [key: string]: JsonValue };

/** `z.json()` with our own type, so that declarations of the contract do not reference zod. */
export const jsonSchema: z.ZodType<JsonValue, JsonValue> = z.json();

/** Lower case, as the database returns ids: two spellings of one id must compare equal. */
export const idSchema = z.uuid().toLowerCase();
export const idInput = z.object({ id: idSchema });

/** Output of deferred actions; the same whether or not they happen. */
export const acceptedSchema = z.object({ accepted: z.literal(true) }).meta({ id: 'Accepted' });

/** Times as text, for a query string and RPC alike. The typed client also takes a `Date`. */
export const timeInput: z.ZodType<string, string | Date> = z.preprocess(
  (time) => (time instanceof Date && !Number.isNaN(time.getTime()) ? time.toISOString() : time),
  z.iso.datetime({ offset: true }),
);
