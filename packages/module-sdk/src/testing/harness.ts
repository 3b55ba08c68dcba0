import type { z } from 'zod';
import { checkedStore } from '../checked-store.js';
import type { Log, StoreReader } from '../context.js';
import { checkedEmit, type ModuleEvent } from '../event.js';
import type { JsonObject, JsonValue } from '../json.js';
import type { AnyWidget, Module } from '../module.js';
import type { ConfigSchema, DataSchema, ParamsSchema } from '../schemas.js';
import type { Widget } from '../widget.js';

/** A line that the module wrote to the log. */
export interface LogLine {
  readonly level: keyof Log;
  readonly message: string;
  readonly fields: JsonObject;
}

/** A configured module without a server. Records everything that the module sends to the server. */
export interface ModuleHarness<Config> {
  /**
   * Loads one widget as the server does. Throws the errors of `load`.
   *
   * @throws Error that lists invalid parameters or data
   */
  load<Id extends string, Params extends ParamsSchema, Data extends DataSchema>(
    widget: Widget<Id, Params, Data, Config>,
    params: z.input<Params>,
    options?: { signal?: AbortSignal },
  ): Promise<z.output<Data>>;
  /**
   * Runs the sync job once. Like the server, drops events whose key was emitted before. Throws the
   * errors of `run`.
   *
   * @throws Error if the module has no sync job
   * @throws ModuleError if an event or value is invalid or too large
   */
  sync(options?: { signal?: AbortSignal }): Promise<void>;
  /** The module's rows; fill it before a test if needed. */
  readonly store: Map<string, JsonValue>;
  /** Events of all runs. */
  readonly events: ModuleEvent[];
  readonly logs: LogLine[];
  readonly progress: { done: number; total: number }[];
}

/**
 * Configures a module in this process, without a server.
 *
 * @example
 * ```ts
 * const harness = await setUpModule(rss, { url: 'https://example.org/feed' });
 * await harness.sync();
 * expect(await harness.load(headlines, {})).toEqual({ items: [] });
 * ```
 * @throws ZodError if the configuration does not match the module's schema
 */
export async function setUpModule<
  Config extends ConfigSchema,
  Widgets extends readonly AnyWidget<z.output<Config>>[],
>(
  module: Module<string, Config, Widgets>,
  input: z.input<Config>,
): Promise<ModuleHarness<z.output<Config>>> {
  const config = await module.configSchema.parseAsync(input);
  module.describe();
  const store = new Map<string, JsonValue>();
  const events: ModuleEvent[] = [];
  const logs: LogLine[] = [];
  const progress: { done: number; total: number }[] = [];
  const services = (signal = new AbortController().signal) => ({
    config,
    signal,
    store: readerOf(store),
    log: recordingLog(logs),
  });

  return {
    store,
    events,
    logs,
    progress,
    async load(widget, params, options) {
      const result = await widget.answer(params, services(options?.signal));
      if (result.kind === 'data') return result.data;
      throw new Error(
        `${result.kind}: ${result.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`,
      );
    },
    async sync(options) {
      if (!module.syncJob) throw new Error(`Module ${module.id} has no syncJob`);
      await module.syncJob.run({
        ...services(options?.signal),
        store: checkedStore({
          ...readerOf(store),
          set: async (key, value) => void store.set(key, copy(value)),
          delete: async (key) => void store.delete(key),
        }),
        emit: checkedEmit(async (emitted) => {
          for (const event of emitted)
            if (!events.some(({ key }) => key === event.key)) events.push(event);
        }),
        progress: (done, total) => void progress.push({ done, total }),
      });
    },
  };
}

const readerOf = (store: Map<string, JsonValue>): StoreReader => ({
  get: async (key) => store.get(key) ?? null,
});

/** Copies a value through JSON, as on the way to the server. */
const copy = (value: JsonValue): JsonValue => JSON.parse(JSON.stringify(value));

function recordingLog(logs: LogLine[]): Log {
  const at =
    (level: keyof Log) =>
    (message: string, fields: JsonObject = {}) =>
      void logs.push({ level, message, fields });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
