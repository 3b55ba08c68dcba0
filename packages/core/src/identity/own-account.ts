import { badRequest, type User, type UserCall } from '@synap/contracts';
import type { PasswordHasher } from '@synap/security';
import { accountGoneError } from './account-errors.js';
import { createFailedSignIns, type FailedSignInDependencies } from './failed-sign-ins.js';
import type { IdentityGuard } from './identity-guard.js';
import type { Credentials, UsersRepository } from './users.repository.js';

/**
 * Returns the user of a cached session.
 * @throws `invalidToken` if the account was removed meanwhile
 */
export function requireUser(user: User | null): User {
  if (!user) throw accountGoneError();
  return user;
}

export interface OwnPasswordDependencies extends FailedSignInDependencies {
  users: Pick<UsersRepository, 'findOwnCredentials'>;
  hasher: Pick<PasswordHasher, 'verify'>;
  guard: Pick<IdentityGuard, 'login' | 'loginFailed' | 'mayRecord'>;
}

/** Messages for a wrong password, by the input field that holds it. */
const wrongPassword = {
  password: 'The password is wrong',
  currentPassword: 'The current password is wrong',
};

/** Checks the caller's password, which the given field of the input holds. */
export type RequireOwnPassword = (
  call: UserCall,
  password: string,
  field: keyof typeof wrongPassword,
) => Promise<Credentials & { email: string }>;

/**
 * Requires the caller's password before an action that a stolen session must not perform. Limited
 * like a sign-in (ASVS 5.0, 6.3.1 and 7.5.1); a wrong one counts like a failed sign-in.
 */
export function createRequireOwnPassword(
  dependencies: OwnPasswordDependencies,
): RequireOwnPassword {
  const { users, hasher, guard } = dependencies;
  const failed = createFailedSignIns(dependencies);

  return async function requireOwnPassword(call, password, field) {
    const account = await users.findOwnCredentials(call.actor.userId);
    if (!account) throw accountGoneError();
    await guard.login(account.email, call.address, call.reportLimit);
    if ((await hasher.verify(account.passwordHash, password)).ok) return account;
    await failed(call, account.email);
    throw badRequest(wrongPassword[field], [
      { pointer: `/${field}`, message: 'Wrong password', code: 'wrong_password' },
    ]);
  };
}
