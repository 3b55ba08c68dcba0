import type { z } from 'zod';
import { describeModule } from './describe-module.js';
import {
  type AnyWidget,
  type Module,
  type ModuleDefinition,
  moduleBrand,
  SDK_VERSION,
} from './module.js';
import { openModule } from './open-module.js';
import { type ConfigSchema, idSchema } from './schemas.js';

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
    describe: () => describeModule(module),
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
