import type { Call } from '@synap/contracts';
import type { Db } from '@synap/db';
import { firstIdOf, newId } from '../ids.js';
import type { AuditEntry } from './audit-entries.js';

/** The fields of a call that the audit log stores. */
export type AuditCall = Pick<Call, 'actor' | 'address' | 'requestId'>;

export interface AuditOptions {
  /** The acting user, if the call does not name one, as after a sign-in. */
  actorId?: string;
}

/**
 * Writes the audit log of identity and access changes, in the transaction of the change. The
 * database rejects updates and deletions.
 */
export function createAuditRepository(db: Db) {
  return {
    /**
     * Records an event.
     * @param call null if the system itself acts
     * @returns the id of the event
     */
    async record(
      call: AuditCall | null,
      { type, subject, payload }: AuditEntry,
      { actorId }: AuditOptions = {},
    ): Promise<string> {
      const caller = call?.actor.kind === 'user' ? call.actor : null;
      const by = caller?.key && { apiKeyId: caller.key.id };
      const id = newId();
      await db.event.create({
        data: {
          id,
          source: call ? 'user' : 'system',
          type,
          subject,
          payload: { ...payload, ...by },
          occurredAt: new Date(),
          actorId: actorId ?? caller?.userId ?? null,
          address: call?.address ?? null,
          requestId: call?.requestId ?? null,
        },
        select: { id: true },
      });
      return id;
    },

    /** True if no like event exists since that time (milliseconds) and before the given event. */
    async isFirstSince(
      milliseconds: number,
      { type, subject }: AuditEntry,
      eventId: string,
    ): Promise<boolean> {
      const where = { subject, type, id: { gte: firstIdOf(milliseconds), lt: eventId } };
      return (await db.event.findFirst({ where, select: { id: true } })) === null;
    },
  };
}

export type AuditRepository = ReturnType<typeof createAuditRepository>;
