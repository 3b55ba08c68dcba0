import type { UserCall } from '@synap/contracts';
import type { RequireOwnPassword } from '../identity/own-account.js';
import type { Transaction } from '../repositories.js';
import { removeAccount } from './remove-account.js';

export interface RemoveMeDependencies {
  transaction: Transaction;
  requireOwnPassword: RequireOwnPassword;
  /** Called for each revoked session, after the commit. */
  sessionEnded: (sessionId: string) => void;
  /** Called with the removed user's id, after the commit. */
  userChanged: (userId: string) => void;
}

/** Removes the caller's account with all its data. */
export function createRemoveMe({
  transaction,
  requireOwnPassword,
  sessionEnded,
  userChanged,
}: RemoveMeDependencies) {
  return async function removeMe(
    call: UserCall,
    { password }: { password: string },
  ): Promise<void> {
    await requireOwnPassword(call, password, 'password');
    const ended = await transaction((tx) => removeAccount(tx, call, { userId: call.actor.userId }));
    ended.forEach(sessionEnded);
    userChanged(call.actor.userId);
  };
}
