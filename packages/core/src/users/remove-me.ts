import type { UserCall } from '@synap/contracts';
import type { PasswordHasher } from '@synap/security';
import { createFailedSignIns } from '../auth/failed-sign-ins.js';
import { type IdentityGuard, noIdentityGuard } from '../auth/identity-guard.js';
import type { SendMail } from '../mail/mail-queue.js';
import type { Transaction } from '../repositories.js';
import { createOwnPassword } from './own-password.js';
import { removeAccount } from './remove-account.js';
import type { UsersRepository } from './users.repository.js';

export interface RemoveMeDependencies {
  users: Pick<UsersRepository, 'findOwnCredentials'>;
  transaction: Transaction;
  hasher: Pick<PasswordHasher, 'verify'>;
  /** None by default. */
  guard?: Pick<IdentityGuard, 'login' | 'loginFailed' | 'mayRecord'> | undefined;
  sendMail: SendMail;
  /** Told of each session that was revoked, once that is committed. */
  sessionEnded: (sessionId: string) => void;
  /** Told of the user, likewise. */
  userChanged: (userId: string) => void;
}

/** Removes one's own account with all that is in it. */
export function createRemoveMe({
  users,
  transaction,
  hasher,
  guard = noIdentityGuard,
  sendMail,
  sessionEnded,
  userChanged,
}: RemoveMeDependencies) {
  const failed = createFailedSignIns({ guard, transaction, sendMail });
  const requireOwnPassword = createOwnPassword({ users, hasher, guard, failed });
  const asked = { pointer: '/password', message: 'The password is wrong' };

  return async function removeMe(
    call: UserCall,
    { password }: { password: string },
  ): Promise<void> {
    await requireOwnPassword(call, password, asked);
    const ended = await transaction((tx) => removeAccount(tx, call, { userId: call.actor.userId }));
    ended.forEach(sessionEnded);
    userChanged(call.actor.userId);
  };
}
