import type { z } from 'zod';
import type { HealthContext, SyncContext } from './context.js';
import { describe, type ModuleDescription } from './description.js';
import type { Issue } from './errors.js';
import { type OpenedModule, openModule } from './opened.js';
import { type ConfigSchema, type DataSchema, idSchema, type ParamsSchema } from './schemas.js';
import type { Widget } from './widget.js';

/**
 * Version of the protocol between modules and the server. A module declares it in package.json as
 * `"synap": { "sdk": "1" }`.
 */
export const SDK_VERSION = '1';

/** Marks a module across copies of this package: server and module may load different copies. */
export const moduleBrand: unique symbol = Symbol.for('synap.module');

/** Users who may read a module's widgets unless the operator decides otherwise. */
export type DefaultAccess = 'everyone' | 'superusers';

/** Any widget that fits a module with this configuration. */
export type AnyWidget<Config> = Widget<string, ParamsSchema, DataSchema, Config>;

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
 */
export type HealthCheck<Config> = (
  context: HealthContext<Config>,
) => readonly string[] | Promise<readonly string[]>;

export type OpenResult =
  | { readonly kind: 'opened'; readonly module: OpenedModule }
  | { readonly kind: 'invalid-config'; readonly issues: readonly Issue[] };

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

export interface ModuleDefinition<
  Id extends string,
  Config extends ConfigSchema,
  Widgets extends readonly AnyWidget<z.output<Config>>[],
> {
  /** Lower-case letters, digits and hyphens; unique among the installed modules. */
  id: Id;
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
  syncJob?: SyncJob<z.output<Config>>;
  /** Runs after the start, and at most every ten seconds when someone reads the module's status. */
  healthCheck?: HealthCheck<z.output<Config>>;
}

/**
 * Defines a module. Make it the default export of the package.
 *
 * @example
 * ```ts
 * export default defineModule({
 *   id: 'rss',
 *   name: 'RSS',
 *   configSchema: z.object({ url: z.url() }),
 *   widgets: [headlines],
 * });
 * ```
 * @throws Error if the id is invalid, a widget id occurs twice, a configuration key is `access`, or
 *   the sync job runs more often than every 10 s
 */
export function defineModule<
  const Id extends string,
  Config extends ConfigSchema,
  const Widgets extends readonly AnyWidget<z.output<Config>>[],
>(definition: ModuleDefinition<Id, Config, Widgets>): Module<Id, Config, Widgets> {
  check(definition);
  const module: Module<Id, Config, Widgets> = {
    id: definition.id,
    name: definition.name,
    configSchema: definition.configSchema,
    widgets: definition.widgets,
    defaultAccess: definition.defaultAccess ?? 'everyone',
    syncJob: definition.syncJob,
    healthCheck: definition.healthCheck,
    [moduleBrand]: SDK_VERSION,
    describe: () => describe(module),
    open: (config) => openModule(module, config),
  };
  return module;
}

interface CheckedDefinition {
  id: string;
  configSchema: ConfigSchema;
  widgets: readonly { readonly id: string }[];
  syncJob?: { readonly every: number };
}

function check({ id, configSchema, widgets, syncJob }: CheckedDefinition): void {
  if (!idSchema.safeParse(id).success)
    throw new Error(`Module id "${id}" must be lower-case letters, digits and hyphens`);
  if ('access' in configSchema.shape)
    throw new Error(
      `Module ${id}: the configuration key "access" is reserved for the operator: rename it`,
    );
  const ids = widgets.map((widget) => widget.id);
  const duplicate = ids.find((widgetId, index) => ids.indexOf(widgetId) !== index);
  if (duplicate !== undefined)
    throw new Error(`Module ${id}: two widgets have the id "${duplicate}": rename one`);
  if (syncJob && !(syncJob.every >= 10))
    throw new Error(`Module ${id}: syncJob.every must be at least 10 seconds`);
}
