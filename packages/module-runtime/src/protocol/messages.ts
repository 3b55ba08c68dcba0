import { type JsonObject, type JsonValue, views } from '@synap/module-sdk';
import { z } from 'zod';

/** Parsed from JSON text, so only its presence has to be checked. */
const jsonSchema = z.custom<JsonValue>((value) => value !== undefined);
const jsonObjectSchema = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
const jsonSchemaSchema = z.record(z.string(), z.unknown());
const idSchema = z
  .string()
  .max(60)
  .regex(/^[a-z][a-z0-9-]*$/);
const callSchema = z.number().int();
const textSchema = z.string().max(2_000);

const issuesSchema = z
  .array(
    z.object({
      path: z.array(z.union([z.string(), z.number()])),
      message: textSchema,
      code: z.string().max(100),
    }),
  )
  .max(1_000);

/** A module as its process describes it. */
const descriptionSchema = z.object({
  id: idSchema,
  name: z.string().min(1).max(200),
  defaultAccess: z.enum(['everyone', 'superusers']),
  configSchema: jsonSchemaSchema,
  widgets: z
    .array(
      z.object({
        id: idSchema,
        title: z.string().min(1).max(200),
        view: z.enum(views),
        maxAge: z.number().min(0),
        paramsSchema: jsonSchemaSchema,
        dataSchema: jsonSchemaSchema,
      }),
    )
    .max(1_000),
  sync: z.object({ everySeconds: z.number().min(10) }).optional(),
});
export type Description = z.output<typeof descriptionSchema>;

/**
 * Outcome of a load, a sync run or a health check. `threw`: an unexpected exception, which the
 * module's log has.
 */
const outcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('data'), data: jsonSchema }),
  z.object({ kind: z.literal('done') }),
  z.object({ kind: z.literal('checked'), problems: z.array(textSchema).max(100) }),
  z.object({ kind: z.literal('unknown-widget') }),
  z.object({ kind: z.literal('no-sync-job') }),
  z.object({ kind: z.literal('invalid-params'), issues: issuesSchema }),
  z.object({ kind: z.literal('invalid-data'), issues: issuesSchema }),
  z.object({
    kind: z.literal('failed'),
    message: textSchema,
    retryAfter: z.number().min(0).optional(),
  }),
  z.object({ kind: z.literal('threw') }),
]);
export type Outcome = z.output<typeof outcomeSchema>;

/**
 * Maximum bytes of a message in each direction. The server parses a module's message in one go,
 * which blocks everything else. Values stored by an older version may exceed the limit for modules.
 */
export const largestMessage = { fromModule: 1_048_576, toModule: 4_194_304 };

/** Maximum characters of a log line of a module, and of its fields as JSON. */
export const longestLine = 8_000;
export const longestFields = 20_000;

/** Maximum characters of a key of `store` and of an event. */
export const longestKey = 200;
const keySchema = z.string().min(1).max(longestKey);

/** Maximum events in one message; more are sent in further messages. */
export const eventsAtOnce = 500;

const wireEventSchema = z.object({
  key: keySchema,
  type: z.string().min(1).max(60),
  time: z.iso.datetime().transform((text) => new Date(text)),
  subject: z.string().max(200).optional(),
  payload: jsonObjectSchema,
});

/** Calls of a module to the server. */
const hostCallSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('store.get'), key: keySchema }),
  z.object({ kind: z.literal('store.set'), key: keySchema, value: jsonSchema }),
  z.object({ kind: z.literal('store.delete'), key: keySchema }),
  z.object({ kind: z.literal('emit'), events: z.array(wireEventSchema).max(eventsAtOnce) }),
]);
export type HostCall = z.output<typeof hostCallSchema>;
export type HostCallOnWire = z.input<typeof hostCallSchema>;

/** From a module's process to the server. */
export const fromModuleSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('described'), description: descriptionSchema }),
  z.object({ kind: z.literal('configured') }),
  z.object({ kind: z.literal('refused'), reason: textSchema }),
  z.object({ kind: z.literal('invalid-config'), issues: issuesSchema }),
  z.object({ kind: z.literal('outcome'), call: callSchema, outcome: outcomeSchema }),
  z.object({ kind: z.literal('ask'), call: callSchema, ask: callSchema, question: hostCallSchema }),
  z.object({ kind: z.literal('progress'), call: callSchema, done: z.number(), total: z.number() }),
  z.object({
    kind: z.literal('log'),
    level: z.enum(['debug', 'info', 'warn', 'error']),
    message: z.string().max(longestLine),
    fields: z.record(z.string(), z.unknown()),
  }),
]);
export type FromModule = z.output<typeof fromModuleSchema>;
export type FromModuleOnWire = z.input<typeof fromModuleSchema>;

/** From the server to a module's process. */
export const toModuleSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('start'),
    entry: z.string(),
    memoryMegabytes: z.number(),
    dataBytes: z.number(),
  }),
  z.object({ kind: z.literal('configure'), config: z.record(z.string(), jsonSchema) }),
  z.object({
    kind: z.literal('load'),
    call: callSchema,
    widgetId: z.string(),
    params: z.unknown(),
  }),
  z.object({ kind: z.literal('sync'), call: callSchema }),
  z.object({ kind: z.literal('check'), call: callSchema }),
  z.object({ kind: z.literal('abort'), call: callSchema }),
  z.object({
    kind: z.literal('answer'),
    ask: callSchema,
    ok: z.boolean(),
    value: jsonSchema.nullable(),
  }),
]);
export type ToModule = z.output<typeof toModuleSchema>;
