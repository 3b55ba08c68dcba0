import type { UserActor } from '@synap/contracts';

/** Returns the dashboard that the caller's key is bound to; null if it is not bound. */
export const dashboardScopeOf = ({ key }: UserActor): string | null => key?.dashboardId ?? null;

/** True if the API key may access this dashboard. Ownership is checked separately. */
export function canAccessDashboard(actor: UserActor, dashboardId: string): boolean {
  const only = dashboardScopeOf(actor);
  return only === null || only === dashboardId;
}
