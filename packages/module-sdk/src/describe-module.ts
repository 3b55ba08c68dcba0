import type { z } from 'zod';
import type { ModuleDescription } from './description.js';
import type { AnyWidget, Module } from './module.js';
import { type ConfigSchema, jsonSchemaOf } from './schemas.js';

export function describeModule<Config extends ConfigSchema>(
  module: Module<string, Config, readonly AnyWidget<z.output<Config>>[]>,
): ModuleDescription {
  const { id, name, defaultAccess, configSchema, widgets, syncJob } = module;
  return {
    id,
    name,
    defaultAccess,
    configSchema: jsonSchemaOf(configSchema, 'input', `configSchema of module ${id}`),
    widgets: widgets.map(({ id: widgetId, title, view, maxAge, paramsSchema, dataSchema }) => ({
      id: widgetId,
      title,
      view,
      maxAge,
      paramsSchema: jsonSchemaOf(paramsSchema, 'input', `paramsSchema of widget ${widgetId}`),
      dataSchema: jsonSchemaOf(dataSchema, 'output', `dataSchema of widget ${widgetId}`),
    })),
    ...(syncJob && { sync: { everySeconds: syncJob.every } }),
  };
}
