import { conflict, type ManagedUser, notFound } from '@synap/contracts';
import type { AuditCall } from '../audit/audit.repository.js';
import { auditEntries } from '../audit/audit-entries.js';
import { endSessions } from '../identity/end-sessions.js';
import type { Repositories } from '../repositories.js';
import { requireManagedUser } from './require-managed-user.js';

/**
 * Throws `conflict` if the user is the last active superuser. The caller must hold the
 * administration lock.
 */
export async function assertAnotherSuperuser(
  { managedUsers }: Repositories,
  { id, role, disabled }: ManagedUser,
): Promise<void> {
  if (role !== 'superuser' || disabled || (await managedUsers.anotherSuperuserThan(id))) return;
  throw conflict('This is the last superuser: create another one first');
}

/**
 * Withdraws the user's open invitations, so that a former superuser cannot create new superusers.
 */
export async function withdrawInvitations(
  { invitations, audit }: Repositories,
  call: AuditCall,
  userId: string,
): Promise<void> {
  for (const id of await invitations.removeOpenBy(userId))
    await audit.record(call, auditEntries.invitationWithdrawn(id));
}

export interface Removal {
  userId: string;
  /** New owner of the dashboards; without it they are deleted. */
  handOverTo?: string | undefined;
}

/**
 * Removes a user with sessions, API keys and links; dashboards are transferred or deleted. Audit
 * entries stay, without a name.
 * @returns ids of the ended sessions
 */
export async function removeAccount(
  tx: Repositories,
  call: AuditCall,
  { userId, handOverTo }: Removal,
): Promise<string[]> {
  await tx.managedUsers.lockAdministration();
  const user = requireManagedUser(await tx.managedUsers.lock(userId));
  await assertAnotherSuperuser(tx, user);
  if (handOverTo !== undefined) await transferOwnership(tx, userId, handOverTo);
  await withdrawInvitations(tx, call, userId);
  const ended = await endSessions(tx, call, userId);
  for (const id of await tx.apiKeys.deleteAllOf(userId))
    await tx.audit.record(call, auditEntries.apiKeyRevoked(id));
  await tx.managedUsers.remove(userId);
  const payload = handOverTo === undefined ? undefined : { handedOverTo: handOverTo };
  await tx.audit.record(call, auditEntries.userRemoved(userId, payload));
  return ended;
}

async function transferOwnership(
  { managedUsers, dashboards }: Repositories,
  from: string,
  to: string,
): Promise<void> {
  if (to === from) throw conflict('The dashboards must be handed over to another user');
  if (!(await managedUsers.lock(to))) throw notFound('The user to hand over to does not exist');
  await dashboards.transferOwnership(from, to);
}
