import type { Call } from '@synap/contracts';
import type { Db, Prisma } from '@synap/db';
import { firstIdOf, uuidv7 } from '../ids.js';

/** A change of identity or access. */
export interface AuditEntry {
  type: AuditType;
  /**
   * The affected object: `user <id>`, `session <id>`, `api-key <id>`, `invitation <id>`, `procedure
   * <path>`.
   */
  subject: string;
  /**
   * Must not contain secrets, and only the personal data that the entry needs. The id of an acting
   * API key is added.
   */
  payload?: Prisma.InputJsonObject;
  /** The acting user, if the call does not name one, as after a sign-in. */
  actorId?: string;
}

type AuditType =
  | 'user.registered'
  | 'user.registered-again'
  | 'user.created'
  | 'user.verified'
  | 'user.updated'
  | 'user.email-changed'
  | 'user.role-changed'
  | 'user.disabled'
  | 'user.enabled'
  | 'user.removed'
  | 'user.password-changed'
  | 'user.password-reset'
  | 'user.reset-requested'
  | 'user.reset-sent'
  | 'user.password-change-demanded'
  | 'session.reauthenticated'
  | 'user.sign-in-failed'
  | 'user.sign-in-failed-often'
  | 'access.refused'
  | 'session.started'
  | 'session.ended'
  | 'session.revoked'
  | 'session.reuse-detected'
  | 'api-key.created'
  | 'api-key.revoked'
  | 'invitation.created'
  | 'invitation.accepted'
  | 'invitation.withdrawn';

/** The fields of a call that the audit log stores. */
export type AuditCall = Pick<Call, 'actor' | 'address' | 'requestId'>;

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
      { type, subject, payload = {}, actorId }: AuditEntry,
    ): Promise<string> {
      const caller = call?.actor.kind === 'user' ? call.actor : null;
      const by = caller?.key && { apiKeyId: caller.key.id };
      const id = uuidv7();
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

    /** True if no earlier event of this type and subject exists since that time (milliseconds). */
    async isFirstSince(
      milliseconds: number,
      { type, subject, id }: Pick<AuditEntry, 'type' | 'subject'> & { id: string },
    ): Promise<boolean> {
      const where = { subject, type, id: { gte: firstIdOf(milliseconds), lt: id } };
      return (await db.event.findFirst({ where, select: { id: true } })) === null;
    },
  };
}

export type AuditRepository = ReturnType<typeof createAuditRepository>;
