import { auditEntries } from '../audit/audit-entries.js';
import type { Repositories } from '../repositories.js';

export interface PurgeAbandonedDependencies {
  transaction: <T>(run: (tx: Pick<Repositories, 'audit' | 'users'>) => Promise<T>) => Promise<T>;
  /** True if an address must be verified before its account can be used. */
  verifyEmail: boolean;
}

/**
 * Deletes abandoned sign-ups: strangers could fill the table with foreign addresses and keep their
 * owners from signing up. Does nothing if addresses need no verification, because an account may
 * then be used at any time.
 */
export function createPurgeAbandoned({ transaction, verifyEmail }: PurgeAbandonedDependencies) {
  return async (): Promise<void> => {
    if (!verifyEmail) return;
    await transaction(async (tx) => {
      for (const id of await tx.users.deleteAbandoned())
        await tx.audit.record(null, auditEntries.userRemoved(id, { reason: 'never verified' }));
    });
  };
}
