import { z } from 'zod';
import { idSchema, slugSchema } from '../scalars.js';

export const moduleRunStatusSchema = z.enum(['queued', 'running', 'succeeded', 'failed']);
export type ModuleRunStatus = z.output<typeof moduleRunStatusSchema>;

export const moduleRunSchema = z
  .object({
    id: idSchema,
    moduleId: slugSchema,
    status: moduleRunStatusSchema,
    trigger: z.enum(['manual', 'schedule']),
    progress: z
      .object({ done: z.number().int(), total: z.number().int() })
      .nullable()
      .describe('As the module reports it.'),
    events: z.number().int().describe('Number of new events of the run.'),
    error: z.string().nullable(),
    createdAt: z.date(),
    startedAt: z.date().nullable(),
    finishedAt: z.date().nullable(),
  })
  .meta({ id: 'ModuleRun' });
export type ModuleRun = z.output<typeof moduleRunSchema>;

export const moduleSchema = z
  .object({
    id: slugSchema,
    name: z.string(),
    version: z.string(),
    status: z.enum(['ready', 'failed', 'degraded']),
    error: z.string().optional().describe('Why it is not ready; the details are for superusers.'),
    widgets: z.array(slugSchema).describe('Ids of its widgets.'),
    lastRun: moduleRunSchema.optional(),
  })
  .meta({ id: 'Module' });
export type Module = z.output<typeof moduleSchema>;

export const moduleIdInput = z.object({ id: slugSchema });
