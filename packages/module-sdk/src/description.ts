import type { z } from 'zod';
import type { JsonSchema } from './json.js';
import type { AnyWidget, DefaultAccess, Module } from './module.js';
import { type ConfigSchema, jsonSchemaOf } from './schemas.js';
import type { View } from './view.js';

export interface WidgetDescription {
  readonly id: string;
  readonly title: string;
  readonly view: View;
  /** Seconds for which data counts as fresh. */
  readonly maxAge: number;
  readonly paramsSchema: JsonSchema;
  readonly dataSchema: JsonSchema;
}

/** A module as plain data, as its process describes it to the server. */
export interface ModuleDescription {
  readonly id: string;
  readonly name: string;
  readonly defaultAccess: DefaultAccess;
  readonly configSchema: JsonSchema;
  readonly widgets: readonly WidgetDescription[];
  readonly sync?: { readonly everySeconds: number } | undefined;
}

export function describe<Config extends ConfigSchema>(
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
