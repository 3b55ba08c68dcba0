import type { UserCall } from '@synap/contracts';
import type { Clock, PasswordHasher } from '@synap/security';
import { auditEntries } from '../audit/audit-entries.js';
import { passwordChangedError, samePasswordError } from '../identity/account-errors.js';
import { endSessions } from '../identity/end-sessions.js';
import { assertPasswordPolicy } from '../identity/new-account.js';
import type { RequireOwnPassword } from '../identity/own-account.js';
import type { SendMail } from '../mail/mail-queue.js';
import type { Transaction } from '../repositories.js';

export interface ChangePasswordDependencies {
  transaction: Transaction;
  hasher: Pick<PasswordHasher, 'hash'>;
  requireOwnPassword: RequireOwnPassword;
  sendMail: SendMail;
  clock: Clock;
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
export function createChangePassword({
  transaction,
  hasher,
  requireOwnPassword,
  sendMail,
  clock,
  sessionEnded,
  userChanged,
  productName,
}: ChangePasswordDependencies) {
  return async function changePassword(
    call: UserCall,
    { currentPassword, newPassword }: PasswordChange,
  ): Promise<void> {
    const { userId, sessionId } = call.actor;
    assertPasswordPolicy(newPassword, { productName, email: call.actor.email }, '/newPassword');
    // Compare as the hasher normalises them (RFC 8265 §4.2.2).
    if (newPassword.normalize('NFC') === currentPassword.normalize('NFC'))
      throw samePasswordError();
    const account = await requireOwnPassword(call, currentPassword, 'currentPassword');
    const passwordHash = await hasher.hash(newPassword);
    const ended = await transaction(async (tx) => {
      const current = await tx.users.lockCredentials(userId);
      if (current?.passwordHash !== account.passwordHash) throw passwordChangedError();
      await tx.users.setOwnPassword(userId, passwordHash);
      // Earlier links would undo the change or move the account to another address.
      await tx.mailTokens.removeResetsOf(userId);
      await tx.mailTokens.removeAddressChangesOf(userId);
      const values = { time: new Date(clock.now()).toUTCString(), address: call.address };
      await sendMail(tx, { template: 'password-changed', to: account.email, values });
      await tx.audit.record(call, auditEntries.passwordChanged(userId));
      return endSessions(tx, call, userId, { except: sessionId });
    });
    ended.forEach(sessionEnded);
    userChanged(userId);
  };
}
