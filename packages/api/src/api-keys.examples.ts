import { type ApiKey, apiKeys } from '@synap/contracts';
import { exampleOf } from './example.js';

const id = '019aa5ca-7b1e-7d40-a1f3-5c2e8b9d6f71';
const made = {
  id,
  name: 'Screen in the hall',
  scopes: ['dashboards:read', 'widgets:read'],
  dashboardId: '019aa5c9-0d7a-7e1b-8f26-4c5d9e3b7a10',
  expiresAt: new Date('2027-11-21T00:00:00.000Z'),
  lastUsedAt: null,
  createdAt: new Date('2026-11-21T09:12:44.031Z'),
} satisfies ApiKey;
const absent = { code: 'not_found', detail: 'API key not found' };

export const apiKeysExamples = {
  list: exampleOf(apiKeys.list, {
    input: { size: 20 },
    output: {
      items: [{ ...made, lastUsedAt: new Date('2026-11-23T07:05:00.412Z') }],
      nextCursor: null,
    },
  }),
  create: exampleOf(apiKeys.create, {
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
  }),
  remove: exampleOf(apiKeys.remove, { input: { id }, problems: { 404: absent } }),
};
