import type { Db } from '@synap/db';

export interface NewSession {
  id: string;
  userId: string;
  salt: Uint8Array<ArrayBuffer>;
  keyId: string;
  address: string;
  userAgent: string | null;
  /** Seconds until its absolute end. */
  lifetime: number;
}

/** Writes of sessions. All times are the database's: instances may disagree on theirs. */
export function createSessionsRepository(db: Db) {
  return {
    async insert({ id, userId, salt, keyId, address, userAgent, lifetime }: NewSession): Promise<void> {
      await db.$executeRaw`
        INSERT INTO sessions (id, user_id, salt, key_id, address, user_agent, created_at, rotated_at, expires_at)
        SELECT ${id}::uuid, ${userId}::uuid, ${salt}, ${keyId}, ${address}, ${userAgent}, now, now, now + make_interval(secs => ${lifetime})
        FROM clock_timestamp() AS now`;
    },

    /** Makes the next refresh token the one in force, unless another call did so first or the session has ended. */
    async rotate(id: string, counter: number): Promise<boolean> {
      const rows = await db.$executeRaw`
        UPDATE sessions SET counter = counter + 1, rotated_at = clock_timestamp()
        WHERE id = ${id}::uuid AND counter = ${counter} AND revoked_at IS NULL`;
      return rows === 1;
    },

    async revoke(id: string): Promise<void> {
      await db.$executeRaw`UPDATE sessions SET revoked_at = clock_timestamp() WHERE id = ${id}::uuid AND revoked_at IS NULL`;
    },

    /** Revokes a user's sessions, all or all but one. @returns the ids of those revoked, of which `sessionEnded` must be told after the commit */
    async revokeAllOf(userId: string, except: string | null = null): Promise<string[]> {
      const rows = await db.$queryRaw<{ id: string }[]>`
        UPDATE sessions SET revoked_at = clock_timestamp()
        WHERE user_id = ${userId}::uuid AND revoked_at IS NULL AND id IS DISTINCT FROM ${except}::uuid
        RETURNING id`;
      return rows.map(({ id }) => id);
    },

    /** Revokes all but the newest live sessions of a user; the caller holds the user's lock. @returns the ids of those revoked */
    async revokeAllButNewest(userId: string, keep: number, idleSeconds: number): Promise<string[]> {
      const rows = await db.$queryRaw<{ id: string }[]>`
        UPDATE sessions SET revoked_at = clock_timestamp() WHERE id IN (
          SELECT id FROM sessions
          WHERE user_id = ${userId}::uuid AND revoked_at IS NULL
            AND expires_at > now() AND rotated_at > now() - make_interval(secs => ${idleSeconds})
          ORDER BY created_at DESC, id DESC OFFSET ${keep})
        RETURNING id`;
      return rows.map(({ id }) => id);
    },
  };
}

export type SessionsRepository = ReturnType<typeof createSessionsRepository>;
