import { z } from 'zod';
import {
  type Endpoint,
  idSchema,
  pageInput,
  pageOf,
  type ServiceOf,
  slugSchema,
} from './contract.js';

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

const moduleIdInput = z.object({ id: slugSchema });

export const modules = {
  list: { access: 'user', input: pageInput.prefault({}), output: pageOf(moduleSchema) },
  get: { access: 'user', input: moduleIdInput, output: moduleSchema },
  sync: { access: 'user', input: moduleIdInput, output: z.object({ runId: idSchema }) },
  runs: {
    access: 'user',
    input: pageInput.extend({ id: slugSchema }),
    output: pageOf(moduleRunSchema),
  },
  run: {
    access: 'user',
    input: z.object({ id: slugSchema, runId: idSchema }),
    output: moduleRunSchema,
  },
} as const satisfies Record<string, Endpoint>;

export type ModulesService = ServiceOf<typeof modules>;
