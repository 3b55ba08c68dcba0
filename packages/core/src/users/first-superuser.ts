import { emailSchema } from '@synap/contracts';
import { makePassword, type PasswordHasher } from '@synap/security';
import { demandGoodPassword, nameFrom } from './new-account.js';
import type { UsersRepository } from './users.repository.js';

export interface FirstSuperuserDependencies {
  users: Pick<UsersRepository, 'anyExists'>;
  transaction: <T>(run: (repositories: { users: UsersRepository }) => Promise<T>) => Promise<T>;
  hasher: Pick<PasswordHasher, 'hash'>;
  productName: string;
}

export interface FirstSuperuser {
  email: string;
  /** The password that was made, to be shown this once; null when the operator gave one. */
  madePassword: string | null;
}

/**
 * Makes the superuser of a new installation. Does nothing and returns null when there is any user at all; of several instances that
 * start at once, one makes it. Throws `bad_request` for a given password that the policy refuses.
 */
export async function ensureSuperuser(
  { users, transaction, hasher, productName }: FirstSuperuserDependencies,
  given: { email: string; password?: string | undefined },
): Promise<FirstSuperuser | null> {
  if (await users.anyExists()) return null;
  const email = emailSchema.parse(given.email);
  if (given.password !== undefined) demandGoodPassword(given.password, { productName, email });
  const password = given.password ?? makePassword();
  const passwordHash = await hasher.hash(password);
  const made = await transaction(async (within) => {
    await within.users.lockFirst();
    if (await within.users.anyExists()) return false;
    const user = { email, name: nameFrom(email), passwordHash, role: 'superuser', verified: true } as const;
    return (await within.users.insertUnlessTaken(user)).made;
  });
  return made ? { email, madePassword: given.password === undefined ? password : null } : null;
}
