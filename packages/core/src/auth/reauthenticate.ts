import { forbidden, type UserCall } from '@synap/contracts';
import type { PasswordHasher } from '@synap/security';
import type { SendMail } from '../mail/mail-queue.js';
import type { Transaction } from '../repositories.js';
import { createRequireOwnPassword } from '../users/require-own-password.js';
import type { UsersRepository } from '../users/users.repository.js';
import { createFailedSignIns } from './failed-sign-ins.js';
import type { IdentityGuard } from './identity-guard.js';

export interface ReauthenticateDependencies {
  users: Pick<UsersRepository, 'findOwnCredentials'>;
  transaction: Transaction;
  hasher: Pick<PasswordHasher, 'verify'>;
  guard: IdentityGuard;
  sendMail: SendMail;
}

/**
 * Checks the password again, limited like a sign-in. For ten minutes the session may then make
 * sensitive changes.
 */
export function createReauthenticate({
  users,
  transaction,
  hasher,
  guard,
  sendMail,
}: ReauthenticateDependencies) {
  const failed = createFailedSignIns({ guard, transaction, sendMail });
  const requireOwnPassword = createRequireOwnPassword({ users, hasher, guard, failed });

  return async function reauthenticate(
    call: UserCall,
    { password }: { password: string },
  ): Promise<void> {
    const { sessionId } = call.actor;
    if (sessionId === null) throw forbidden('API keys cannot do this: sign in.');
    await requireOwnPassword(call, password, {
      pointer: '/password',
      message: 'The password is wrong',
    });
    await transaction(async (tx) => {
      await tx.sessions.reauthenticate(sessionId);
      await tx.audit.record(call, {
        type: 'session.reauthenticated',
        subject: `session ${sessionId}`,
      });
    });
  };
}
