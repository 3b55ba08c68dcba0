import type { Call } from '@synap/contracts';
import type { Db, Prisma } from '@synap/db';
import { firstIdOf, uuidv7 } from '../ids.js';

/** A change of identity or access. */
export interface AuditEntry {
  type: AuditType;
  /**
   * What it happened to: `user <id>`, `session <id>`, `api-key <id>`, `invitation <id>`, `procedure
   * <path>`.
   */
  subject: string;
  /**
   * Never a secret, and no more of a person than is needed to understand it. An API key by which it
   * was done is added.
   */
  payload?: Prisma.InputJsonObject;
  /** Who did it, where the call does not tell: someone who just signed in. */
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

/** Of a call, what the trail keeps. */
export type AuditCall = Pick<Call, 'actor' | 'address' | 'requestId'>;

/**
 * The trace of changes of identity and access, in the transaction of the change. The database
 * refuses to change or delete it.
 */
export function createAuditRepository(db: Db) {
  return {
    /**
     * @param call null where the system itself does it
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

    /**
     * True if no event of its type and subject is older than it, but younger than that time
     * (milliseconds).
     */
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
