import { z } from 'zod';

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
