import type { UserActor } from '@synap/contracts';
import { auditEntries } from '../audit/audit-entries.js';
import type { Repositories } from '../repositories.js';
import type { IdentityGuard } from './identity-guard.js';

export interface Refusal {
  actor: UserActor;
  /** Path of the procedure. */
  procedure: string;
  address: string;
  requestId: string;
}

export interface RefusalDependencies {
  guard: Pick<IdentityGuard, 'mayRecord'>;
  transaction: <T>(run: (tx: Pick<Repositories, 'audit'>) => Promise<T>) => Promise<T>;
}

/** Writes rejected calls to the audit log: once an hour per user, key and procedure. */
export function createRefusalRecorder({ guard, transaction }: RefusalDependencies) {
  return async function record({ procedure, ...call }: Refusal): Promise<void> {
    const { userId, key } = call.actor;
    if (
      !(await guard.mayRecord({
        kind: 'refusal',
        what: `${userId} ${key?.id ?? ''} ${procedure}`,
        by: userId,
      }))
    )
      return;
    await transaction((tx) => tx.audit.record(call, auditEntries.accessRefused(procedure)));
  };
}

export type RecordRefusal = ReturnType<typeof createRefusalRecorder>;
