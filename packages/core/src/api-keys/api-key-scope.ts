import type { UserActor } from '@synap/contracts';

/**
 * The only dashboard that the caller reaches, by a key that is bound to it; null where it reaches
 * all that are its own.
 */
export const dashboardScopeOf = ({ key }: UserActor): string | null => key?.dashboardId ?? null;

/** Whether the caller's key lets it near this dashboard; whose it is, is another question. */
export function canAccessDashboard(actor: UserActor, dashboardId: string): boolean {
  const only = dashboardScopeOf(actor);
  return only === null || only === dashboardId;
}
