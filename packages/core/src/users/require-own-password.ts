import { badRequest, invalidToken, type UserCall } from '@synap/contracts';
import type { PasswordHasher } from '@synap/security';
import type { IdentityGuard } from '../auth/identity-guard.js';
import type { Credentials, UsersRepository } from './users.repository.js';

export interface OwnPasswordDependencies {
  users: Pick<UsersRepository, 'findOwnCredentials'>;
  hasher: Pick<PasswordHasher, 'verify'>;
  guard: Pick<IdentityGuard, 'login'>;
  /** Handles a wrong password like a failed sign-in. */
  failed: (call: UserCall, email: string) => Promise<void>;
}

/**
 * Requires the caller's password before an action that a stolen session must not perform. Limited
 * like a sign-in (ASVS 5.0, 6.3.1 and 7.5.1).
 */
export function createRequireOwnPassword({
  users,
  hasher,
  guard,
  failed,
}: OwnPasswordDependencies) {
  return async function requireOwnPassword(
    call: UserCall,
    password: string,
    { pointer, message }: { pointer: string; message: string },
  ): Promise<Credentials & { email: string }> {
    const account = await users.findOwnCredentials(call.actor.userId);
    if (!account) throw invalidToken('This account no longer exists');
    await guard.login(account.email, call.address, call.reportLimit);
    if ((await hasher.verify(account.passwordHash, password)).ok) return account;
    await failed(call, account.email);
    throw badRequest(message, [{ pointer, message: 'Wrong password', code: 'wrong_password' }]);
  };
}
