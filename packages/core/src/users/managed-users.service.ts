import {
  forbidden,
  type ManagedUser,
  type ManagedUsersService,
  type UpdateUser,
} from '@synap/contracts';
import type { Clock } from '@synap/security';
import { type AuditEntry, auditEntries } from '../audit/audit-entries.js';
import { addressTakenError } from '../identity/account-errors.js';
import { notifyOldAddress } from '../identity/account-move.js';
import { endSessions } from '../identity/end-sessions.js';
import { requireRecentSignIn } from '../identity/recent-sign-in.js';
import type { RequestMail, SendMail } from '../mail/mail-queue.js';
import { pageById } from '../paging.js';
import type { Repositories } from '../repositories.js';
import { type CreateAccountDependencies, createAccountFactory } from './create-account.js';
import { assertAnotherSuperuser, removeAccount, withdrawInvitations } from './remove-account.js';
import { requireManagedUser } from './require-managed-user.js';

export interface ManagedUsersDependencies extends CreateAccountDependencies {
  managedUsers: Pick<Repositories['managedUsers'], 'list' | 'find'>;
  sendMail: SendMail;
  clock: Clock;
  requestMail: RequestMail;
  /** Called for each revoked session, after the commit. */
  sessionEnded: (sessionId: string) => void;
  /** Called for each user whose role, state or address changed, after the commit. */
  userChanged: (userId: string) => void;
}

/**
 * Creates the user administration for superusers. Only another superuser can change a superuser's
 * own role and state or remove them.
 */
export function createManagedUsersService(
  dependencies: ManagedUsersDependencies,
): ManagedUsersService {
  const { managedUsers, transaction, sessionEnded, userChanged, requestMail } = dependencies;
  const createAccount = createAccountFactory(dependencies);

  return {
    list: async (_call, input) => pageById(await managedUsers.list(input), input.size),
    get: async (_call, { id }) => requireManagedUser(await managedUsers.find(id)),
    async create(call, input) {
      if (input.role === 'superuser') await transaction((tx) => requireRecentSignIn(tx, call));
      return createAccount(call, { ...input, mustChangePassword: true });
    },

    async sendReset(call, { id }) {
      await transaction(async (tx) => {
        const { email } = requireManagedUser(await tx.managedUsers.find(id));
        const { address, requestId } = call;
        await requestMail(tx, { ask: 'reset', email, address, requestId });
        await tx.audit.record(call, auditEntries.resetSent(id));
      });
      return { accepted: true };
    },

    async update(call, input) {
      if (
        input.id === call.actor.userId &&
        (input.role !== undefined || input.disabled !== undefined)
      )
        throw forbidden('You cannot change your own role or state: ask another superuser');
      const { updated, ended } = await transaction(async (tx) => {
        await tx.managedUsers.lockAdministration();
        const before = requireManagedUser(await tx.managedUsers.lock(input.id));
        const changes = changesOf(before, input);
        if (input.role === 'user' || input.disabled) await assertAnotherSuperuser(tx, before);
        const moved = changes.some(({ type }) => type === 'user.email-changed');
        if (moved || changes.some(({ type }) => type === 'user.role-changed'))
          await requireRecentSignIn(tx, call);
        if (moved && input.email && (await tx.users.findAccount(input.email)))
          throw addressTakenError();
        const user = changes.length === 0 ? before : await tx.managedUsers.update(input);
        for (const change of changes) await tx.audit.record(call, change);
        // Links mailed to the old address must not open the account.
        if (moved) {
          await tx.mailTokens.removeAllOf(input.id);
          await notifyOldAddress(tx, dependencies, { to: before.email, address: call.address });
          await requestMail(tx, {
            ask: 'registered',
            email: user.email,
            address: call.address,
            requestId: call.requestId,
          });
        }
        const ends = changes.some(
          ({ type }) => type === 'user.role-changed' || type === 'user.disabled',
        );
        // Revoke pending address changes: someone else with the password may have requested them.
        if (ends || input.mustChangePassword) await tx.mailTokens.removeAddressChangesOf(input.id);
        if (user.role !== 'superuser' || user.disabled)
          await withdrawInvitations(tx, call, input.id);
        return { updated: user, ended: ends ? await endSessions(tx, call, input.id) : [] };
      });
      ended.forEach(sessionEnded);
      userChanged(input.id);
      return updated;
    },

    async remove(call, { id, handOverTo }) {
      if (id === call.actor.userId)
        throw forbidden(
          'You cannot remove yourself here: use "my profile", or ask another superuser',
        );
      const ended = await transaction((tx) => removeAccount(tx, call, { userId: id, handOverTo }));
      ended.forEach(sessionEnded);
      userChanged(id);
    },
  };
}

/** Builds audit entries for changed fields only. */
function changesOf(
  before: ManagedUser,
  { email, name, role, disabled, verified, mustChangePassword }: UpdateUser,
): AuditEntry[] {
  const { id } = before;
  const changes: AuditEntry[] = [];
  if (role !== undefined && role !== before.role)
    changes.push(auditEntries.userRoleChanged(id, { from: before.role, to: role }));
  if (disabled !== undefined && disabled !== before.disabled)
    changes.push(disabled ? auditEntries.userDisabled(id) : auditEntries.userEnabled(id));
  if (email !== undefined && email !== before.email)
    changes.push(auditEntries.userEmailChanged(id));
  if (name !== undefined && name !== before.name) changes.push(auditEntries.userUpdated(id));
  if (mustChangePassword !== undefined && mustChangePassword !== before.mustChangePassword)
    changes.push(auditEntries.passwordChangeDemanded(id, mustChangePassword));
  if (verified && !before.verified) changes.push(auditEntries.userVerified(id));
  return changes;
}
