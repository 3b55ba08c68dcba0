import { invalidToken, type User, type UserCall, type UsersService } from '@synap/contracts';
import { translateHasherBusy } from '../auth/hasher-busy.js';
import { type IdentityGuard, noIdentityGuard } from '../auth/identity-guard.js';
import type { Transaction } from '../repositories.js';
import type { UsersRepository } from './users.repository.js';

/**
 * Returns the user of a cached session.
 * @throws `invalidToken` if the account was removed meanwhile
 */
export function requireUser(user: User | null): User {
  if (!user) throw invalidToken('This account no longer exists');
  return user;
}

export interface UsersDependencies {
  users: Pick<UsersRepository, 'findById'>;
  transaction: Transaction;
  /** @default noIdentityGuard */
  guard?: Pick<IdentityGuard, 'change'> | undefined;
  changePassword: UsersService['changePassword'];
  changeEmail: UsersService['changeEmail'];
  removeMe: UsersService['removeMe'];
}

/** Creates the service for the caller's own account. */
export function createUsersService({
  users,
  transaction,
  guard = noIdentityGuard,
  changePassword,
  changeEmail,
  removeMe,
}: UsersDependencies): UsersService {
  const rename = (call: UserCall, name: string) =>
    transaction(async (tx) => {
      const { userId, key } = call.actor;
      const before = requireUser(await tx.users.findById(userId));
      if (name === before.name) return before;
      // Limit keys separately, so that a key cannot use up its owner's changes.
      await guard.change(key?.id ?? userId, call.reportLimit);
      await tx.audit.record(call, { type: 'user.updated', subject: `user ${userId}` });
      return requireUser(await tx.users.rename(userId, name));
    });

  return {
    me: async ({ actor }) => requireUser(await users.findById(actor.userId)),
    updateMe: async (call, { name }) =>
      name === undefined
        ? requireUser(await users.findById(call.actor.userId))
        : rename(call, name),
    changePassword: (call, input) => translateHasherBusy(changePassword(call, input)),
    changeEmail: (call, input) => translateHasherBusy(changeEmail(call, input)),
    removeMe: (call, input) => translateHasherBusy(removeMe(call, input)),
  };
}
