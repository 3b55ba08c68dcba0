import { forbidden, type UserCall } from '@synap/contracts';
import { auditEntries } from '../audit/audit-entries.js';
import type { RequireOwnPassword } from '../identity/own-account.js';
import type { Transaction } from '../repositories.js';

export interface ReauthenticateDependencies {
  transaction: Transaction;
  requireOwnPassword: RequireOwnPassword;
}

/**
 * Checks the password again, limited like a sign-in. For ten minutes the session may then make
 * sensitive changes.
 */
export function createReauthenticate({
  transaction,
  requireOwnPassword,
}: ReauthenticateDependencies) {
  return async function reauthenticate(
    call: UserCall,
    { password }: { password: string },
  ): Promise<void> {
    const { sessionId } = call.actor;
    if (sessionId === null) throw forbidden('API keys cannot do this: sign in.');
    await requireOwnPassword(call, password, 'password');
    await transaction(async (tx) => {
      await tx.sessions.reauthenticate(sessionId);
      await tx.audit.record(call, auditEntries.sessionReauthenticated(sessionId));
    });
  };
}
