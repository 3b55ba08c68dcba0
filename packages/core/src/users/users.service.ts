import type { UserCall, UsersService } from '@synap/contracts';
import { auditEntries } from '../audit/audit-entries.js';
import type { IdentityGuard } from '../identity/identity-guard.js';
import { requireUser } from '../identity/own-account.js';
import type { UsersRepository } from '../identity/users.repository.js';
import { type ChangeEmailDependencies, createChangeEmail } from './change-email.js';
import { type ChangePasswordDependencies, createChangePassword } from './change-password.js';
import { createRemoveMe, type RemoveMeDependencies } from './remove-me.js';

export interface UsersDependencies
  extends ChangePasswordDependencies,
    ChangeEmailDependencies,
    RemoveMeDependencies {
  users: Pick<UsersRepository, 'findById'>;
  guard: Pick<IdentityGuard, 'change' | 'resend'>;
}

/** Creates the service for the caller's own account. */
export function createUsersService(dependencies: UsersDependencies): UsersService {
  const { users, transaction, guard } = dependencies;
  const rename = (call: UserCall, name: string) =>
    transaction(async (tx) => {
      const { userId, key } = call.actor;
      const before = requireUser(await tx.users.findById(userId));
      if (name === before.name) return before;
      // Limit keys separately, so that a key cannot use up its owner's changes.
      await guard.change(key?.id ?? userId, call.reportLimit);
      await tx.audit.record(call, auditEntries.userUpdated(userId));
      return requireUser(await tx.users.rename(userId, name));
    });

  return {
    me: async ({ actor }) => requireUser(await users.findById(actor.userId)),
    updateMe: async (call, { name }) =>
      name === undefined
        ? requireUser(await users.findById(call.actor.userId))
        : rename(call, name),
    changePassword: createChangePassword(dependencies),
    changeEmail: createChangeEmail(dependencies),
    removeMe: createRemoveMe(dependencies),
  };
}
