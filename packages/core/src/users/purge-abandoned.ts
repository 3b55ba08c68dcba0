import type { Repositories } from '../repositories.js';

type Within = Pick<Repositories, 'audit' | 'users'>;

/**
 * Forgets sign-ups that came to nothing: strangers could fill the table with addresses that are not
 * theirs, and their owners could not sign up as new. Only where addresses must be verified;
 * elsewhere an account may be used at any time.
 */
export function createPurgeAbandoned(
  transaction: <T>(run: (tx: Within) => Promise<T>) => Promise<T>,
) {
  return (): Promise<void> =>
    transaction(async (tx) => {
      for (const id of await tx.users.deleteAbandoned())
        await tx.audit.record(null, {
          type: 'user.removed',
          subject: `user ${id}`,
          payload: { reason: 'never verified' },
        });
    });
}
