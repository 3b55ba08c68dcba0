import { invalidToken, type User, type UserCall, type UsersService } from '@synap/contracts';
import { whenHasherIsFree } from '../auth/hasher-turn.js';
import { type IdentityGuard, noIdentityGuard } from '../auth/identity-guard.js';
import type { Transaction } from '../repositories.js';
import type { UsersRepository } from './users.repository.js';

/**
 * The user of a session that is still believed; throws `invalidToken` when the account was removed
 * meanwhile.
 */
export function present(user: User | null): User {
  if (!user) throw invalidToken('This account does not exist any more');
  return user;
}

export interface UsersDependencies {
  users: Pick<UsersRepository, 'findById'>;
  transaction: Transaction;
  /** None by default. */
  guard?: Pick<IdentityGuard, 'change'> | undefined;
  changePassword: UsersService['changePassword'];
  changeEmail: UsersService['changeEmail'];
  removeMe: UsersService['removeMe'];
}

/** What people do with their own account. */
export function createUsersService({
  users,
  transaction,
  guard = noIdentityGuard,
  changePassword,
  changeEmail,
  removeMe,
}: UsersDependencies): UsersService {
  const rename = (call: UserCall, name: string) =>
    transaction(async (within) => {
      const { userId, key } = call.actor;
      const before = present(await within.users.findById(userId));
      if (name === before.name) return before;
      // A key must not use up what its owner may change.
      await guard.change(key?.id ?? userId, call.reportLimit);
      await within.audit.record(call, { type: 'user.updated', subject: `user ${userId}` });
      return present(await within.users.rename(userId, name));
    });

  return {
    me: async ({ actor }) => present(await users.findById(actor.userId)),
    updateMe: async (call, { name }) =>
      name === undefined ? present(await users.findById(call.actor.userId)) : rename(call, name),
    changePassword: (call, input) => whenHasherIsFree(changePassword(call, input)),
    changeEmail: (call, input) => whenHasherIsFree(changeEmail(call, input)),
    removeMe: (call, input) => whenHasherIsFree(removeMe(call, input)),
  };
}
