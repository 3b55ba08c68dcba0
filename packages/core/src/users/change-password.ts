import { badRequest, conflict, type UserCall } from '@synap/contracts';
import type { PasswordHasher } from '@synap/security';
import { type IdentityGuard, noIdentityGuard } from '../auth/identity-guard.js';
import type { SendMail } from '../mail/mail-queue.js';
import type { Transaction } from '../repositories.js';
import { demandGoodPassword } from './new-account.js';
import type { UsersRepository } from './users.repository.js';
import { present } from './users.service.js';

export interface ChangePasswordDependencies {
  users: Pick<UsersRepository, 'findCredentials'>;
  transaction: Transaction;
  hasher: Pick<PasswordHasher, 'hash' | 'verify'>;
  /** None by default. */
  guard?: Pick<IdentityGuard, 'login' | 'loginFailed'> | undefined;
  sendMail: SendMail;
  /** Told of each session that was revoked, once that is committed. */
  sessionEnded: (sessionId: string) => void;
  productName: string;
}

interface PasswordChange {
  currentPassword: string;
  newPassword: string;
}

const wrong = () =>
  badRequest('The current password is wrong', [
    { pointer: '/currentPassword', message: 'Not the current password', code: 'wrong_password' },
  ]);

/**
 * Changes one's own password. The current one is asked for, and counted like a sign-in (ASVS 5.0, 6.2.3 and 6.3.1); all other sessions end
 * with it (7.4.3), and its owner gets a mail.
 */
export function createChangePassword(dependencies: ChangePasswordDependencies) {
  const { users, transaction, hasher, guard = noIdentityGuard, sendMail, sessionEnded, productName } = dependencies;

  return async function changePassword(call: UserCall, { currentPassword, newPassword }: PasswordChange): Promise<void> {
    const { userId, email, sessionId } = call.actor;
    demandGoodPassword(newPassword, { productName, email }, '/newPassword');
    await guard.login(email, call.address);
    const account = await users.findCredentials(email);
    if (!account || !(await hasher.verify(account.passwordHash, currentPassword)).ok) {
      await guard.loginFailed(email, call.address);
      throw wrong();
    }
    const passwordHash = await hasher.hash(newPassword);
    const ended = await transaction(async (within) => {
      const current = await within.users.lockCredentials(userId);
      if (current?.passwordHash !== account.passwordHash) throw conflict('The password was changed meanwhile: sign in again');
      await within.users.replaceHash(userId, passwordHash);
      const { name } = present(await within.users.findById(userId));
      const values = { name, time: new Date().toISOString(), address: call.address };
      await sendMail(within, { template: 'password-changed', to: email, values });
      await within.audit.record(call, { type: 'user.password-changed', subject: `user ${userId}` });
      return within.sessions.revokeAllOf(userId, sessionId);
    });
    ended.forEach(sessionEnded);
  };
}
