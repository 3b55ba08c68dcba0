import { conflict, type UserCall } from '@synap/contracts';
import type { PasswordHasher } from '@synap/security';
import { createFailedSignIns } from '../auth/failed-sign-ins.js';
import { type IdentityGuard, noIdentityGuard } from '../auth/identity-guard.js';
import { revokedEntry } from '../auth/session-audit.js';
import type { SendMail } from '../mail/mail-queue.js';
import type { Transaction } from '../repositories.js';
import { assertPasswordPolicy, samePassword } from './new-account.js';
import { createRequireOwnPassword } from './require-own-password.js';
import type { UsersRepository } from './users.repository.js';

export interface ChangePasswordDependencies {
  users: Pick<UsersRepository, 'findOwnCredentials'>;
  transaction: Transaction;
  hasher: Pick<PasswordHasher, 'hash' | 'verify'>;
  /** @default noIdentityGuard */
  guard?: Pick<IdentityGuard, 'login' | 'loginFailed' | 'mayRecord'> | undefined;
  sendMail: SendMail;
  /** Called for each revoked session, after the commit. */
  sessionEnded: (sessionId: string) => void;
  /** Called after the commit, because the user may have been limited to changing the password. */
  userChanged: (userId: string) => void;
  productName: string;
}

interface PasswordChange {
  currentPassword: string;
  newPassword: string;
}

/**
 * Changes the caller's password (ASVS 5.0, 6.2.3), ends all other sessions (7.4.3) and notifies the
 * owner by mail.
 */
export function createChangePassword(dependencies: ChangePasswordDependencies) {
  const {
    users,
    transaction,
    hasher,
    guard = noIdentityGuard,
    sendMail,
    sessionEnded,
    userChanged,
    productName,
  } = dependencies;
  const failed = createFailedSignIns({ guard, transaction, sendMail });
  const requireOwnPassword = createRequireOwnPassword({ users, hasher, guard, failed });
  const wrongPassword = { pointer: '/currentPassword', message: 'The current password is wrong' };

  return async function changePassword(
    call: UserCall,
    { currentPassword, newPassword }: PasswordChange,
  ): Promise<void> {
    const { userId, sessionId } = call.actor;
    assertPasswordPolicy(newPassword, { productName, email: call.actor.email }, '/newPassword');
    // Compare as the hasher normalises them (RFC 8265 §4.2.2).
    if (newPassword.normalize('NFC') === currentPassword.normalize('NFC')) throw samePassword();
    const account = await requireOwnPassword(call, currentPassword, wrongPassword);
    const passwordHash = await hasher.hash(newPassword);
    const ended = await transaction(async (tx) => {
      const current = await tx.users.lockCredentials(userId);
      if (current?.passwordHash !== account.passwordHash)
        throw conflict('The password was changed by another request: sign in again');
      await tx.users.setOwnPassword(userId, passwordHash);
      // Earlier links would undo the change or move the account to another address.
      await tx.mailTokens.removeResetsOf(userId);
      await tx.mailTokens.removeAddressChangesOf(userId);
      const values = { time: new Date().toUTCString(), address: call.address };
      await sendMail(tx, { template: 'password-changed', to: account.email, values });
      await tx.audit.record(call, { type: 'user.password-changed', subject: `user ${userId}` });
      const ids = await tx.sessions.revokeAllOf(userId, sessionId);
      for (const id of ids) await tx.audit.record(call, revokedEntry(id));
      return ids;
    });
    ended.forEach(sessionEnded);
    userChanged(userId);
  };
}
