import { z } from 'zod';
import { contract, type ServiceOf } from '../contract.js';
import { pageInput, pageOf } from '../paging.js';
import { idInput } from '../scalars.js';
import { absent, id, made } from './api-keys.examples.js';
import { apiKeySchema, createApiKeySchema, createdApiKeySchema } from './api-keys.schemas.js';

export * from './api-keys.schemas.js';

export const apiKeys = contract(
  { name: 'api-keys', description: 'Keys for programs that act for you' },
  {
    list: {
      access: 'user',
      scope: null,
      method: 'GET',
      path: '/api-keys',
      summary: 'List my API keys',
      noStore: true,
      input: pageInput.prefault({}),
      output: pageOf(apiKeySchema),
      examples: {
        input: { size: 20 },
        output: {
          items: [{ ...made, lastUsedAt: new Date('2026-11-23T07:05:00.412Z') }],
          nextCursor: null,
        },
      },
    },
    create: {
      access: 'user',
      scope: null,
      method: 'POST',
      path: '/api-keys',
      summary: 'Create an API key',
      description:
        'The response contains the key itself, only this once: the server stores a hash.',
      successStatus: 201,
      location: '/api-keys/{id}',
      noStore: true,
      idempotent: false,
      errors: [404, 409],
      input: createApiKeySchema,
      output: createdApiKeySchema,
      examples: {
        input: {
          name: made.name,
          scopes: ['dashboards:read', 'widgets:read'],
          dashboardId: made.dashboardId,
          expiresAt: '2027-11-21T00:00:00Z',
        },
        output: { ...made, key: 'syn_019aa5ca7b1e7d40a1f35c2e8b9d6f71_…' },
        problems: {
          404: { code: 'not_found', detail: 'Dashboard not found' },
          409: {
            code: 'conflict',
            detail: 'You have 50 API keys, which is the limit: remove one that is no longer needed',
          },
        },
      },
    },
    remove: {
      access: 'user',
      scope: null,
      method: 'DELETE',
      path: '/api-keys/{id}',
      summary: 'Remove an API key, effective at once',
      successStatus: 204,
      noStore: true,
      input: idInput,
      output: z.void(),
      examples: { input: { id }, problems: { 404: absent } },
    },
  },
);

export type ApiKeysService = ServiceOf<typeof apiKeys>;
