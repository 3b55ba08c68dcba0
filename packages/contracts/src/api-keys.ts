import { z } from 'zod';
import {
  type Endpoint,
  idInput,
  idSchema,
  pageInput,
  pageOf,
  type ServiceOf,
  timeInput,
} from './contract.js';
import { lineSchema } from './text.js';

/** What an API key may be allowed to do: the closed list of all scopes that procedures ask for. */
export const scopeSchema = z.enum([
  'dashboards:read',
  'dashboards:write',
  'modules:read',
  'modules:sync',
  'profile:read',
  'profile:write',
  'widgets:read',
]);
export type Scope = z.output<typeof scopeSchema>;

/**
 * The only ones that a key bound to a dashboard may have: what lies outside that dashboard must not
 * be within its reach.
 */
export const boundScopes: readonly Scope[] = [
  'dashboards:read',
  'dashboards:write',
  'widgets:read',
];

/** A program's way in, as its owner sees it. The key itself is never told again. */
export const apiKeySchema = z
  .object({
    id: idSchema,
    name: z.string(),
    // Text, so that a scope that comes later is no news that breaks a client.
    scopes: z.array(z.string()).describe('What it may do.'),
    dashboardId: idSchema
      .nullable()
      .describe('The only dashboard that it reaches; null where it reaches all of yours.'),
    expiresAt: z.date().nullable(),
    lastUsedAt: z.date().nullable().describe('Exact to a minute.'),
    createdAt: z.date(),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.output<typeof apiKeySchema>;

export const createdApiKeySchema = apiKeySchema
  .extend({
    key: z
      .string()
      .describe('Sent as `Authorization: Bearer …`. Keep it now: it cannot be shown again.'),
  })
  .meta({ id: 'CreatedApiKey' });

export const createApiKeySchema = z.object({
  name: lineSchema(1, 100).describe('What it is for, so that you know it again.'),
  scopes: z.array(scopeSchema).min(1).max(50),
  dashboardId: idSchema
    .optional()
    .describe(
      'Binds the key to one of your dashboards: it reaches no other, and ends with it. Only `dashboards:*` and `widgets:read` then. With `dashboards:write` it may rename the dashboard, and move, resize, reorder and remove its widgets, but not add one or change `moduleId`, `widgetId` or `params`.',
    ),
  expiresAt: timeInput
    .optional()
    .describe(
      'When it ends by itself; without it, never. More than a year needs a recent sign-in.',
    ),
});

export const apiKeys = {
  list: { access: 'user', input: pageInput.prefault({}), output: pageOf(apiKeySchema) },
  create: { access: 'user', input: createApiKeySchema, output: createdApiKeySchema },
  remove: { access: 'user', input: idInput, output: z.void() },
} as const satisfies Record<string, Endpoint>;

export type ApiKeysService = ServiceOf<typeof apiKeys>;
