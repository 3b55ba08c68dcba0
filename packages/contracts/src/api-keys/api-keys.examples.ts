import type { ApiKey } from './api-keys.schemas.js';

export const id = '019aa5ca-7b1e-7d40-a1f3-5c2e8b9d6f71';
export const made = {
  id,
  name: 'Screen in the hall',
  scopes: ['dashboards:read', 'widgets:read'],
  dashboardId: '019aa5c9-0d7a-7e1b-8f26-4c5d9e3b7a10',
  expiresAt: new Date('2027-11-21T00:00:00.000Z'),
  lastUsedAt: null,
  createdAt: new Date('2026-11-21T09:12:44.031Z'),
} satisfies ApiKey;
export const absent = { code: 'not_found', detail: 'API key not found' };
