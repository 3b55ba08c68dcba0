import type { AuditCall, AuditOptions } from '../audit/audit.repository.js';
import { auditEntries } from '../audit/audit-entries.js';
import type { Repositories } from '../repositories.js';

interface EndSessionsOptions extends AuditOptions {
  /** A session that stays. */
  except?: string | null;
}

/**
 * Ends and audits all sessions of a user.
 * @returns their ids; call `sessionEnded` for each after the commit
 */
export async function endSessions(
  { sessions, audit }: Pick<Repositories, 'sessions' | 'audit'>,
  call: AuditCall,
  userId: string,
  { except, ...options }: EndSessionsOptions = {},
): Promise<string[]> {
  const ids = await sessions.revokeAllOf(userId, except);
  for (const id of ids) await audit.record(call, auditEntries.sessionRevoked(id), options);
  return ids;
}
