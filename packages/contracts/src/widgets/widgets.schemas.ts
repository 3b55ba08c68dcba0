import { z } from 'zod';
import { isShallowJson, notShallowJson } from '../depth.js';
import { slugSchema } from '../scalars.js';

const jsonSchemaSchema = z.record(z.string(), z.unknown());

export const widgetSchema = z
  .object({
    id: slugSchema.describe('Unique within its module.'),
    moduleId: slugSchema,
    title: z.string(),
    view: z.string().describe('Preferred display: table, line, gauge, …'),
    maxAge: z.number().describe('Seconds for which its data counts as fresh.'),
    paramsSchema: jsonSchemaSchema.describe('JSON Schema of its parameters.'),
    dataSchema: jsonSchemaSchema.describe('JSON Schema of its data.'),
  })
  .meta({ id: 'Widget' });
export type Widget = z.output<typeof widgetSchema>;

export const widgetDataSchema = z
  .object({
    data: z.unknown().describe('Matches the `dataSchema` of the widget.'),
    asOf: z.date().describe('When the data was loaded.'),
    stale: z.boolean().describe('True when a newer load failed and this is the last good data.'),
    error: z.string().optional().describe('Why the newer load failed.'),
  })
  .meta({ id: 'WidgetData' });
export type WidgetData = z.output<typeof widgetDataSchema>;

export const widgetDataInput = z.object({
  moduleId: slugSchema,
  widgetId: slugSchema,
  params: z
    .record(z.string(), z.unknown())
    .refine(isShallowJson, notShallowJson)
    .default({})
    .describe(
      'Parameters of the widget, see its `paramsSchema`; over REST each by its name, such as `?limit=10`.',
    ),
});
