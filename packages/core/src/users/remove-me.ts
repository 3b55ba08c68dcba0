import type { UserCall } from '@synap/contracts';
import type { PasswordHasher } from '@synap/security';
import { createFailedSignIns } from '../auth/failed-sign-ins.js';
import { type IdentityGuard, noIdentityGuard } from '../auth/identity-guard.js';
import type { SendMail } from '../mail/mail-queue.js';
import type { Transaction } from '../repositories.js';
import { removeAccount } from './remove-account.js';
import { createRequireOwnPassword } from './require-own-password.js';
import type { UsersRepository } from './users.repository.js';

export interface RemoveMeDependencies {
  users: Pick<UsersRepository, 'findOwnCredentials'>;
  transaction: Transaction;
  hasher: Pick<PasswordHasher, 'verify'>;
  /** @default noIdentityGuard */
  guard?: Pick<IdentityGuard, 'login' | 'loginFailed' | 'mayRecord'> | undefined;
  sendMail: SendMail;
  /** Called for each revoked session, after the commit. */
  sessionEnded: (sessionId: string) => void;
  /** Called with the removed user's id, after the commit. */
  userChanged: (userId: string) => void;
}

/** Removes the caller's account with all its data. */
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
  const requireOwnPassword = createRequireOwnPassword({ users, hasher, guard, failed });
  const wrongPassword = { pointer: '/password', message: 'The password is wrong' };

  return async function removeMe(
    call: UserCall,
    { password }: { password: string },
  ): Promise<void> {
    await requireOwnPassword(call, password, wrongPassword);
    const ended = await transaction((tx) => removeAccount(tx, call, { userId: call.actor.userId }));
    ended.forEach(sessionEnded);
    userChanged(call.actor.userId);
  };
}
