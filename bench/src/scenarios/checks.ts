import { z } from 'zod';
import { widgetsPerDashboard } from '../data/bench-size.js';

/** Returns a check of a response body. */
export const checkOf =
  (schema: z.ZodType) =>
  (body: unknown): void =>
    void schema.parse(body);

/** The output of a procedure on tRPC's wire. */
export const rpcResult = (output: z.ZodType) =>
  z.object({ result: z.object({ data: z.object({ json: output }) }) });

export const dashboard = z.object({
  id: z.uuid(),
  version: z.number(),
  createdAt: z.string(),
  widgets: z.array(z.object({ id: z.uuid(), moduleId: z.string() })).length(widgetsPerDashboard),
});

export const page = z.object({
  items: z.array(z.object({ id: z.uuid(), widgetCount: z.number() })),
});
