import { emailSchema } from '@synap/contracts';
import { generatePassword, type PasswordHasher } from '@synap/security';
import type { Repositories } from '../repositories.js';
import { assertPasswordPolicy, defaultNameFromEmail } from './new-account.js';
import type { UsersRepository } from './users.repository.js';

export interface FirstSuperuserDependencies {
  users: Pick<UsersRepository, 'superuserExists'>;
  transaction: <T>(
    run: (repositories: Pick<Repositories, 'audit' | 'users'>) => Promise<T>,
  ) => Promise<T>;
  hasher: Pick<PasswordHasher, 'hash'>;
  productName: string;
}

export interface FirstSuperuser {
  email: string;
  /** The password that was made, to be shown this once; null when the operator gave one. */
  madePassword: string | null;
}

/**
 * Makes the superuser of a new installation. Does nothing and returns null when there is one,
 * disabled or not; of several instances that start at once, one makes it. Who signed up before does
 * not stand in its way, but an account that has the address already stays as it is. Throws
 * `bad_request` for a given password that the policy refuses.
 */
export async function ensureSuperuser(
  { users, transaction, hasher, productName }: FirstSuperuserDependencies,
  given: { email: string; password?: string | undefined },
): Promise<FirstSuperuser | 'address-taken' | null> {
  if (await users.superuserExists()) return null;
  const email = emailSchema.parse(given.email);
  if (given.password !== undefined) assertPasswordPolicy(given.password, { productName, email });
  const password = given.password ?? generatePassword();
  const passwordHash = await hasher.hash(password);
  const outcome = await transaction(async (tx) => {
    await tx.users.lockUserBootstrap();
    if (await tx.users.superuserExists()) return null;
    const user = {
      email,
      name: defaultNameFromEmail(email),
      passwordHash,
      role: 'superuser',
      verified: true,
    } as const;
    const { id, made } = await tx.users.insertUnlessTaken(user);
    if (!made) return 'address-taken';
    await tx.audit.record(null, {
      type: 'user.created',
      subject: `user ${id}`,
      payload: { role: user.role },
    });
    return 'made';
  });
  return outcome === 'made'
    ? { email, madePassword: given.password === undefined ? password : null }
    : outcome;
}
