import { type AuthSessionsService, notFound } from '@synap/contracts';
import { auditEntries } from '../audit/audit-entries.js';
import { endSessions } from '../identity/end-sessions.js';
import { sessionRules } from '../identity/session-rules.js';
import { cursorId, pageById } from '../paging.js';
import type { Repositories, Transaction } from '../repositories.js';
import { deviceOf } from './device.js';

export interface AuthSessionsDependencies {
  sessions: Pick<Repositories['sessions'], 'listLiveOf'>;
  transaction: Transaction;
  /** Called for each revoked session, after the commit. */
  sessionEnded: (sessionId: string) => void;
}

const { idleSeconds } = sessionRules;

/** Lists and revokes the sessions of the current user. */
export function createAuthSessionsService({
  sessions,
  transaction,
  sessionEnded,
}: AuthSessionsDependencies): AuthSessionsService {
  return {
    async list({ actor }, { cursor, size }) {
      const rows = await sessions.listLiveOf(actor.userId, {
        before: cursorId(cursor),
        size,
        idleSeconds,
      });
      const { items, nextCursor } = pageById(rows, size);
      const present = items.map((session) => ({
        ...session,
        device: deviceOf(session.userAgent),
        current: session.id === actor.sessionId,
      }));
      return { items: present, nextCursor };
    },

    /** Reports the session of another user, or an ended one, as "not found". */
    async revoke(call, { id }) {
      await transaction(async (tx) => {
        if (!(await tx.sessions.revokeLiveOf(call.actor.userId, id, idleSeconds)))
          throw notFound('Session not found');
        await tx.audit.record(call, auditEntries.sessionRevoked(id));
      });
      sessionEnded(id);
    },

    async revokeOthers(call) {
      const { userId, sessionId } = call.actor;
      const ended = await transaction((tx) => endSessions(tx, call, userId, { except: sessionId }));
      ended.forEach(sessionEnded);
    },
  };
}
