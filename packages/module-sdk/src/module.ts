import type { z } from 'zod';
import type { HealthContext, SyncContext } from './context.js';
import type { DefaultAccess, ModuleDescription } from './description.js';
import type { OpenResult } from './opened-module.js';
import type { ConfigSchema, DataSchema, ParamsSchema } from './schemas.js';
import type { Widget } from './widget.js';

/**
 * Version of the protocol between modules and the server. A module declares it in package.json as
 * `"synap": { "sdk": "1" }`.
 */
export const SDK_VERSION = '1';

/** Marks a module across copies of this package: server and module may load different copies. */
export const moduleBrand: unique symbol = Symbol.for('synap.module');

/** Any widget that fits a module with this configuration. */
export type AnyWidget<Config> = Widget<string, ParamsSchema, DataSchema, Config>;

/**
 * A periodic job. Events and values of a run are stored together if it succeeds.
 *
 * @example
 * ```ts
 * const syncJob: SyncJob<Config> = {
 *   every: 15 * 60,
 *   run: async ({ config, emit, signal }) => emit(await readEvents(config.url, signal)),
 * };
 * ```
 */
export interface SyncJob<Config> {
  /**
   * Seconds between runs, at least 10. The server starts due jobs once a minute, so fewer than 60
   * mean a minute.
   */
  readonly every: number;
  readonly run: (context: SyncContext<Config>) => void | Promise<void>;
}

/**
 * Reports problems that the operator has to fix while the module works: one line each, saying what
 * to do. An empty list means healthy. The server shows the lines to superusers and the module as
 * `degraded`.
 *
 * @example
 * ```ts
 * const healthCheck: HealthCheck<Config> = async ({ config }) =>
 *   (await isFolder(config.folder)) ? [] : ['SYNAP_PHOTOS_FOLDER is not a folder: correct it'];
 * ```
 */
export type HealthCheck<Config> = (
  context: HealthContext<Config>,
) => readonly string[] | Promise<readonly string[]>;

/** The part of a module that the server uses, without the module's own types. */
export interface LoadableModule {
  readonly [moduleBrand]: string;
  /**
   * Describes the module to the server.
   * @throws Error if a schema cannot be written as JSON Schema
   */
  describe(): ModuleDescription;
  /** Validates the configuration and binds the module to it. */
  open(config: unknown): Promise<OpenResult>;
}

/** Result of `defineModule`, the default export of a module's package. */
export interface Module<
  Id extends string,
  Config extends ConfigSchema,
  Widgets extends readonly AnyWidget<z.output<Config>>[],
> extends LoadableModule {
  readonly id: Id;
  readonly name: string;
  readonly configSchema: Config;
  readonly widgets: Widgets;
  readonly defaultAccess: DefaultAccess;
  readonly syncJob?: SyncJob<z.output<Config>> | undefined;
  readonly healthCheck?: HealthCheck<z.output<Config>> | undefined;
}

/** Argument of `defineModule`. */
export interface ModuleDefinition<
  Id extends string,
  Config extends ConfigSchema,
  Widgets extends readonly AnyWidget<z.output<Config>>[],
> {
  /** Lower-case letters, digits and hyphens; unique among the installed modules. */
  id: Id;
  /** Name for people. */
  name: string;
  /** Its keys come from the environment: `maxItems` of module `rss` from `SYNAP_RSS_MAX_ITEMS`. */
  configSchema: Config;
  widgets: Widgets;
  /**
   * Users who may read the widgets: `everyone` means every signed-in user. `SYNAP_<ID>_ACCESS`
   * overrides it.
   * @default 'everyone'
   */
  defaultAccess?: DefaultAccess;
  /** Runs periodically in the background. */
  syncJob?: SyncJob<z.output<Config>>;
  /** Runs after the start, and at most every ten seconds when someone reads the module's status. */
  healthCheck?: HealthCheck<z.output<Config>>;
}
