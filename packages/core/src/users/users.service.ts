import { type User, type UsersService, unauthenticated } from '@synap/contracts';
import { whenHasherIsFree } from '../auth/hasher-turn.js';
import type { UsersRepository } from './users.repository.js';

/** The user of a session that is still believed; throws `unauthenticated` when the account was removed meanwhile. */
export function present(user: User | null): User {
  if (!user) throw unauthenticated('This account does not exist any more');
  return user;
}

export interface UsersDependencies {
  users: Pick<UsersRepository, 'findById' | 'rename'>;
  changePassword: UsersService['changePassword'];
  removeMe: UsersService['removeMe'];
}

/** What people do with their own account. */
export function createUsersService({ users, changePassword, removeMe }: UsersDependencies): UsersService {
  return {
    me: async ({ actor }) => present(await users.findById(actor.userId)),
    updateMe: async ({ actor }, { name }) =>
      present(await (name === undefined ? users.findById(actor.userId) : users.rename(actor.userId, name))),
    changePassword: (call, input) => whenHasherIsFree(changePassword(call, input)),
    removeMe: (call, input) => whenHasherIsFree(removeMe(call, input)),
  };
}
