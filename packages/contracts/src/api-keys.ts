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

/** All scopes of API keys: the closed list that procedures require. */
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

/** Scopes allowed for a dashboard-bound key: none of them reaches data outside the dashboard. */
export const boundScopes: readonly Scope[] = [
  'dashboards:read',
  'dashboards:write',
  'widgets:read',
];

/** An API key as its owner sees it. The key itself is returned only once. */
export const apiKeySchema = z
  .object({
    id: idSchema,
    name: z.string(),
    // Plain string, so that new scopes do not break old clients.
    scopes: z.array(z.string()).describe('Scopes of the key.'),
    dashboardId: idSchema
      .nullable()
      .describe('The only dashboard that the key can access; null if it can access all of yours.'),
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
      .describe('Sent as `Authorization: Bearer …`. Store it now: it cannot be shown again.'),
  })
  .meta({ id: 'CreatedApiKey' });

export const createApiKeySchema = z.object({
  name: lineSchema(1, 100).describe('Purpose of the key, so that you recognise it.'),
  scopes: z.array(scopeSchema).min(1).max(50),
  dashboardId: idSchema
    .optional()
    .describe(
      'Binds the key to one of your dashboards: it can access no other, and is removed with it. Only `dashboards:*` and `widgets:read` are allowed then. With `dashboards:write` it may rename the dashboard, and move, resize, reorder and remove its widgets, but not add one or change `moduleId`, `widgetId` or `params`.',
    ),
  expiresAt: timeInput
    .optional()
    .describe(
      'Expiry; without it, the key does not expire. More than a year needs a recent sign-in.',
    ),
});

export const apiKeys = {
  list: { access: 'user', input: pageInput.prefault({}), output: pageOf(apiKeySchema) },
  create: { access: 'user', input: createApiKeySchema, output: createdApiKeySchema },
  remove: { access: 'user', input: idInput, output: z.void() },
} as const satisfies Record<string, Endpoint>;

export type ApiKeysService = ServiceOf<typeof apiKeys>;
