import { type User, type UsersService, unauthenticated } from '@synap/contracts';
import type { UsersRepository } from './users.repository.js';

/** The user of a session that is still believed; throws `unauthenticated` when the account was removed meanwhile. */
export function present(user: User | null): User {
  if (!user) throw unauthenticated('This account does not exist any more');
  return user;
}

/** What people do with their own account. */
export function createUsersService({ users }: { users: Pick<UsersRepository, 'findById' | 'rename'> }): UsersService {
  return {
    me: async ({ actor }) => present(await users.findById(actor.userId)),
    updateMe: async ({ actor }, { name }) =>
      present(await (name === undefined ? users.findById(actor.userId) : users.rename(actor.userId, name))),
  };
}
