import { type AuthSessionsService, notFound } from '@synap/contracts';
import { cursorId, pageById } from '../paging.js';
import type { Repositories, Transaction } from '../repositories.js';
import { deviceOf } from './device.js';
import { revokedEntry } from './session-audit.js';
import { sessionRules } from './session-rules.js';

export interface AuthSessionsDependencies {
  sessions: Pick<Repositories['sessions'], 'listLiveOf'>;
  transaction: Transaction;
  /** Told of each session that was revoked, once that is committed. */
  sessionEnded: (sessionId: string) => void;
}

const { idleSeconds } = sessionRules;

/** Where one is signed in, and how to end that. */
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

    /** Another's session is "not found", as is one that has ended. */
    async revoke(call, { id }) {
      await transaction(async (tx) => {
        if (!(await tx.sessions.revokeLiveOf(call.actor.userId, id, idleSeconds)))
          throw notFound('Session not found');
        await tx.audit.record(call, revokedEntry(id));
      });
      sessionEnded(id);
    },

    async revokeOthers(call) {
      const ended = await transaction(async (tx) => {
        const ids = await tx.sessions.revokeAllOf(call.actor.userId, call.actor.sessionId);
        for (const id of ids) await tx.audit.record(call, revokedEntry(id));
        return ids;
      });
      ended.forEach(sessionEnded);
    },
  };
}
