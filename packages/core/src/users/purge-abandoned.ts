import { auditEntries } from '../audit/audit-entries.js';
import type { Repositories } from '../repositories.js';

type PurgeRepositories = Pick<Repositories, 'audit' | 'users'>;

/**
 * Deletes abandoned sign-ups: strangers could fill the table with foreign addresses and keep their
 * owners from signing up. Use only if addresses must be verified; otherwise an account may be used
 * at any time.
 */
export function createPurgeAbandoned(
  transaction: <T>(run: (tx: PurgeRepositories) => Promise<T>) => Promise<T>,
) {
  return (): Promise<void> =>
    transaction(async (tx) => {
      for (const id of await tx.users.deleteAbandoned())
        await tx.audit.record(null, auditEntries.userRemoved(id, { reason: 'never verified' }));
    });
}
