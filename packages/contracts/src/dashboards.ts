import { z } from 'zod';
import {
  type Endpoint,
  idInput,
  idSchema,
  type JsonValue,
  jsonSchema,
  pageInput,
  pageOf,
  type ServiceOf,
  slugSchema,
} from './contract.js';
import { isShallowJson, notShallowJson } from './depth.js';
import { lineSchema, textSchema } from './text.js';

/** Parameters of a placed widget; the module's own schema judges them when the data is loaded. */
export const widgetParamsSchema = z
  .record(textSchema(0, 100), jsonSchema)
  .refine(isShallowJson, notShallowJson);

const placement = {
  moduleId: slugSchema,
  widgetId: slugSchema,
  x: z.number().int().min(0).max(1000).describe('Column of the left edge, in grid cells.'),
  y: z.number().int().min(0).max(10_000).describe('Row of the upper edge, in grid cells.'),
  w: z.number().int().min(1).max(100).describe('Width in grid cells.'),
  h: z.number().int().min(1).max(100).describe('Height in grid cells.'),
};

/**
 * Checked when they were stored; the type is that of the input, so that a placement which was read
 * can be saved.
 */
const storedParamsSchema: z.ZodType<
  Record<string, JsonValue>,
  Record<string, JsonValue>
> = z.record(z.string(), z.any());

export const widgetPlacementSchema = z
  .object({ id: idSchema, ...placement, params: storedParamsSchema })
  .meta({ id: 'WidgetPlacement' });
export type WidgetPlacement = z.output<typeof widgetPlacementSchema>;

export const placeWidgetSchema = z
  .object({
    id: idSchema.optional().describe('Made by the server when absent.'),
    ...placement,
    params: widgetParamsSchema.default({}),
  })
  .meta({ id: 'PlaceWidget' });
export type PlaceWidget = z.output<typeof placeWidgetSchema>;

const versionSchema = z.number().int().min(1).max(2_147_483_647);

const summary = {
  id: idSchema,
  name: z.string(),
  version: versionSchema.describe('Grows by one with each save.'),
  createdAt: z.date(),
  updatedAt: z.date(),
};

export const dashboardSchema = z
  .object({ ...summary, widgets: z.array(widgetPlacementSchema) })
  .meta({ id: 'Dashboard' });
export type Dashboard = z.output<typeof dashboardSchema>;

export const dashboardSummarySchema = z
  .object({ ...summary, widgetCount: z.number().int() })
  .meta({ id: 'DashboardSummary' });
export type DashboardSummary = z.output<typeof dashboardSummarySchema>;

const content = { name: lineSchema(1, 100), widgets: z.array(placeWidgetSchema).max(100) };

export const createDashboardSchema = z.object({ ...content, widgets: content.widgets.default([]) });
export const saveDashboardSchema = z.object({
  id: idSchema,
  ...content,
  version: versionSchema
    .optional()
    .describe('The version this change is based on; over REST `If-Match` may say it instead.'),
});
export type SaveDashboard = z.output<typeof saveDashboardSchema>;

export const upsertDashboardSchema = saveDashboardSchema.extend({
  createOnly: z
    .boolean()
    .optional()
    .describe('Refuse if it exists; over REST `If-None-Match: *` says the same.'),
});

export const removeDashboardSchema = idInput.extend({
  version: versionSchema
    .optional()
    .describe('Refuse if it has changed since this version; over REST `If-Match` says the same.'),
});

export const dashboards = {
  list: { access: 'user', input: pageInput.prefault({}), output: pageOf(dashboardSummarySchema) },
  create: { access: 'user', input: createDashboardSchema, output: dashboardSchema },
  get: { access: 'user', input: idInput, output: dashboardSchema },
  save: { access: 'user', input: saveDashboardSchema, output: dashboardSchema },
  upsert: { access: 'user', input: upsertDashboardSchema, output: dashboardSchema },
  remove: { access: 'user', input: removeDashboardSchema, output: z.void() },
} as const satisfies Record<string, Endpoint>;

export type DashboardsService = ServiceOf<typeof dashboards>;
