import { z } from 'zod';
import { idSchema, timeInput } from '../scalars.js';
import { scopeSchema } from '../scopes.js';
import { lineSchema } from '../text.js';

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
