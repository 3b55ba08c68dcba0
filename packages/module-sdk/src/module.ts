import type { z } from 'zod';
import type { HealthContext, SyncContext } from './context.js';
import { describe, type ModuleDescription } from './description.js';
import type { Issue } from './errors.js';
import { type OpenedModule, openModule } from './opened.js';
import { type ConfigSchema, type DataSchema, idSchema, type ParamsSchema } from './schemas.js';
import type { Widget } from './widget.js';

/**
 * The version of the agreement between modules and the server; package.json says it as `"synap": {
 * "sdk": "1" }`.
 */
export const SDK_VERSION = '1';

/**
 * Marks a module across copies of this package: the server may hold another copy than the module.
 */
export const moduleBrand: unique symbol = Symbol.for('synap.module');

/** Who may read a module's widgets unless the operator says otherwise. */
export type DefaultAccess = 'everyone' | 'superusers';

/** Any widget that a module with this configuration can hold. */
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
 * Names what the operator has to correct while the module works on: one line each, saying what to
 * do. An empty list if all is well. The server shows the lines to superusers and the module as
 * `degraded`.
 */
export type HealthCheck<Config> = (
  context: HealthContext<Config>,
) => readonly string[] | Promise<readonly string[]>;

export type OpenResult =
  | { readonly kind: 'opened'; readonly module: OpenedModule }
  | { readonly kind: 'invalid-config'; readonly issues: readonly Issue[] };

/** The part of a module that the server uses, free of the module's own types. */
export interface LoadableModule {
  readonly [moduleBrand]: string;
  /** What the server shows of it. Throws when a schema cannot be written as JSON Schema. */
  describe(): ModuleDescription;
  /** Binds the module to its configuration. */
  open(config: unknown): Promise<OpenResult>;
}

/** What `defineModule` returns; a package exports it as its default. */
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
  /** Default `everyone` who is signed in; `SYNAP_<ID>_ACCESS` overrides it. */
  defaultAccess?: DefaultAccess;
  syncJob?: SyncJob<z.output<Config>>;
  /**
   * Called after the start, and at most every ten seconds when somebody looks at the module's
   * status.
   */
  healthCheck?: HealthCheck<z.output<Config>>;
}

/**
 * Describes a module; a package's default export.
 * @throws Error on a faulty id, a widget id used twice, a configuration key named `access`, or a
 *   sync job more often than every 10 s.
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

interface Checked {
  id: string;
  configSchema: ConfigSchema;
  widgets: readonly { readonly id: string }[];
  syncJob?: { readonly every: number };
}

function check({ id, configSchema, widgets, syncJob }: Checked): void {
  if (!idSchema.safeParse(id).success)
    throw new Error(`Module id "${id}" must be lower-case letters, digits and hyphens`);
  if ('access' in configSchema.shape)
    throw new Error(`Module ${id}: "access" is the operator's setting, name the key otherwise`);
  const ids = widgets.map((widget) => widget.id);
  const twice = ids.find((widgetId, index) => ids.indexOf(widgetId) !== index);
  if (twice !== undefined) throw new Error(`Module ${id}: two widgets have the id "${twice}"`);
  if (syncJob && !(syncJob.every >= 10))
    throw new Error(`Module ${id}: syncJob.every must be at least 10 seconds`);
}
