import { type ManagedUser, notFound } from '@synap/contracts';

/** @throws `not_found` if there is no such user */
export function requireManagedUser(user: ManagedUser | null): ManagedUser {
  if (!user) throw notFound('User not found');
  return user;
}
