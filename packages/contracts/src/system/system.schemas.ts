import { z } from 'zod';

export const databaseStateSchema = z.enum(['ready', 'unavailable', 'unmigrated']);
export type DatabaseState = z.output<typeof databaseStateSchema>;

export const healthSchema = z
  .object({
    status: z.enum(['ok', 'degraded']),
    database: databaseStateSchema,
    version: z.string(),
  })
  .meta({ id: 'Health' });

export const routeSchema = z
  .object({
    procedure: z.string(),
    type: z.enum(['query', 'mutation']),
    method: z.string(),
    path: z.string(),
    access: z.enum(['public', 'user', 'superuser']),
    scope: z
      .string()
      .nullable()
      .describe('Scope that an API key needs; null if API keys cannot call it.'),
  })
  .meta({ id: 'Route' });
export type Route = z.output<typeof routeSchema>;

export const metaSchema = z
  .object({
    name: z.string(),
    version: z.string(),
    environment: z.enum(['local', 'staging', 'production']),
    signup: z.enum(['open', 'invite', 'closed']),
    docs: z
      .string()
      .nullable()
      .describe('Path of the interactive documentation; null if it is not served.'),
  })
  .meta({ id: 'Meta' });
export type Meta = z.output<typeof metaSchema>;
