import { emailSchema } from '@synap/contracts';
import { generatePassword, type PasswordHasher } from '@synap/security';
import { auditEntries } from '../audit/audit-entries.js';
import { assertPasswordPolicy, defaultNameFromEmail } from '../identity/new-account.js';
import type { UsersRepository } from '../identity/users.repository.js';
import type { Repositories } from '../repositories.js';

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
  /** The generated password, to be shown once; null if the operator provided one. */
  madePassword: string | null;
}

/**
 * Creates the superuser of a new installation. Returns null if one exists, even a disabled one.
 * Only one of several starting instances creates it. Ordinary users do not prevent it, but an
 * account with the same address stays unchanged.
 * @throws `bad_request` if the policy rejects the provided password
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
    await tx.audit.record(null, auditEntries.userCreated(id, user.role));
    return 'made';
  });
  return outcome === 'made'
    ? { email, madePassword: given.password === undefined ? password : null }
    : outcome;
}
