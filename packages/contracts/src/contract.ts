import { z } from 'zod';
import type { Call, UserCall } from './call.js';
import { textSchema } from './text.js';

/** Who may call a procedure. The service checks access to individual objects. */
export type Access = 'public' | 'user' | 'superuser';

/** A procedure as seen by client and server. */
export interface Endpoint {
  access: Access;
  input?: z.ZodType;
  output: z.ZodType;
}

type CallFor<E extends Endpoint> = E['access'] extends 'public' ? Call : UserCall;

type MethodOf<E extends Endpoint> = E extends { input: infer I extends z.ZodType }
  ? (call: CallFor<E>, input: z.output<I>) => Promise<z.input<E['output']>>
  : (call: CallFor<E>) => Promise<z.input<E['output']>>;

/** Service interface of a contract: one method per endpoint, derived from its schemas. */
export type ServiceOf<C extends Record<string, Endpoint>> = { [K in keyof C]: MethodOf<C[K]> };

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

/** Input of every list: keyset paging. */
export const pageInput = z.object({
  cursor: textSchema(0, 500)
    .optional()
    .describe('`nextCursor` of the previous page; absent for the first page.'),
  size: z.number().int().min(1).max(100).default(20).describe('Items per page.'),
});
export type PageInput = z.output<typeof pageInput>;

/** Times as text, for a query string and RPC alike. The typed client also takes a `Date`. */
export const timeInput: z.ZodType<string, string | Date> = z.preprocess(
  (time) => (time instanceof Date && !Number.isNaN(time.getTime()) ? time.toISOString() : time),
  z.iso.datetime({ offset: true }),
);

/** Output of every list; `nextCursor` is null on the last page. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().describe('Cursor of the next page; null on the last.'),
  });

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}
