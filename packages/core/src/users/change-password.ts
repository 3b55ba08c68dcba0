import { conflict, type UserCall } from '@synap/contracts';
import type { PasswordHasher } from '@synap/security';
import { createFailedSignIns } from '../auth/failed-sign-ins.js';
import { type IdentityGuard, noIdentityGuard } from '../auth/identity-guard.js';
import { revokedEntry } from '../auth/session-audit.js';
import type { SendMail } from '../mail/mail-queue.js';
import type { Transaction } from '../repositories.js';
import { assertPasswordPolicy, samePassword } from './new-account.js';
import { createOwnPassword } from './own-password.js';
import type { UsersRepository } from './users.repository.js';

export interface ChangePasswordDependencies {
  users: Pick<UsersRepository, 'findOwnCredentials'>;
  transaction: Transaction;
  hasher: Pick<PasswordHasher, 'hash' | 'verify'>;
  /** None by default. */
  guard?: Pick<IdentityGuard, 'login' | 'loginFailed' | 'mayRecord'> | undefined;
  sendMail: SendMail;
  /** Told of each session that was revoked, once that is committed. */
  sessionEnded: (sessionId: string) => void;
  /** Told of the user, who may do everything again, once that is committed. */
  userChanged: (userId: string) => void;
  productName: string;
}

interface PasswordChange {
  currentPassword: string;
  newPassword: string;
}

/**
 * Changes one's own password (ASVS 5.0, 6.2.3); all other sessions end with it (7.4.3), and its
 * owner gets a mail.
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
  const requireOwnPassword = createOwnPassword({ users, hasher, guard, failed });
  const asked = { pointer: '/currentPassword', message: 'The current password is wrong' };

  return async function changePassword(
    call: UserCall,
    { currentPassword, newPassword }: PasswordChange,
  ): Promise<void> {
    const { userId, sessionId } = call.actor;
    assertPasswordPolicy(newPassword, { productName, email: call.actor.email }, '/newPassword');
    // Compared as the hasher reads them (RFC 8265 §4.2.2).
    if (newPassword.normalize('NFC') === currentPassword.normalize('NFC')) throw samePassword();
    const account = await requireOwnPassword(call, currentPassword, asked);
    const passwordHash = await hasher.hash(newPassword);
    const ended = await transaction(async (tx) => {
      const current = await tx.users.lockCredentials(userId);
      if (current?.passwordHash !== account.passwordHash)
        throw conflict('The password was changed meanwhile: sign in again');
      await tx.users.setOwnPassword(userId, passwordHash);
      // A link that was asked for before would undo it, or give the account to another address.
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
