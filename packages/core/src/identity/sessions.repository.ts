import type { Db } from '@synap/db';

export interface NewSession {
  id: string;
  userId: string;
  salt: Uint8Array<ArrayBuffer>;
  keyId: string;
  address: string;
  userAgent: string | null;
  /** Seconds until its absolute expiry. */
  lifetime: number;
}

export interface LiveSession {
  id: string;
  userAgent: string | null;
  address: string;
  createdAt: Date;
  lastUsedAt: Date;
}

export interface LiveSessionsQuery {
  before?: string | undefined;
  size: number;
  idleSeconds: number;
}

export interface SessionOrigin {
  address: string;
  alike: boolean;
}

/** Stores sessions. All times are the database's, because clocks of instances may differ. */
export function createSessionsRepository(db: Db) {
  return {
    async insert({
      id,
      userId,
      salt,
      keyId,
      address,
      userAgent,
      lifetime,
    }: NewSession): Promise<void> {
      await db.$executeRaw`
        INSERT INTO sessions (id, user_id, salt, key_id, address, user_agent,
          created_at, rotated_at, expires_at)
        SELECT ${id}::uuid, ${userId}::uuid, ${salt}, ${keyId}, ${address}, ${userAgent},
          now, now, now + make_interval(secs => ${lifetime})
        FROM clock_timestamp() AS now`;
    },

    /**
     * Rotates to the next refresh token, signed by that key. False if another call rotated first or
     * the session has ended.
     */
    async rotate(id: string, counter: number, keyId: string): Promise<boolean> {
      const rows = await db.$executeRaw`
        UPDATE sessions
        SET counter = counter + 1, rotated_at = clock_timestamp(), key_id = ${keyId}
        WHERE id = ${id}::uuid AND counter = ${counter} AND revoked_at IS NULL`;
      return rows === 1;
    },

    /** Records that the password was entered again. */
    async reauthenticate(id: string): Promise<void> {
      await db.$executeRaw`
        UPDATE sessions SET authenticated_at = clock_timestamp()
        WHERE id = ${id}::uuid`;
    },

    /** True if the password was entered again within that many seconds. */
    async wasAuthenticatedWithin(id: string, seconds: number): Promise<boolean> {
      const rows = await db.$queryRaw<unknown[]>`
        SELECT FROM sessions
        WHERE id = ${id}::uuid
          AND authenticated_at > clock_timestamp() - make_interval(secs => ${seconds})`;
      return rows.length === 1;
    },

    /** Returns false if it had already ended. */
    async revoke(id: string): Promise<boolean> {
      const rows = await db.$executeRaw`
        UPDATE sessions SET revoked_at = clock_timestamp()
        WHERE id = ${id}::uuid AND revoked_at IS NULL`;
      return rows === 1;
    },

    /** Revokes a user's live session. Returns false if there is none. */
    async revokeLiveOf(userId: string, id: string, idleSeconds: number): Promise<boolean> {
      const rows = await db.$executeRaw`
        UPDATE sessions SET revoked_at = clock_timestamp()
        WHERE id = ${id}::uuid AND user_id = ${userId}::uuid AND revoked_at IS NULL
          AND expires_at > now() AND rotated_at > now() - make_interval(secs => ${idleSeconds})`;
      return rows === 1;
    },

    /**
     * Lists a user's live sessions, newest first. Returns one more row than `size` if there is
     * another page.
     */
    async listLiveOf(
      userId: string,
      { before, size, idleSeconds }: LiveSessionsQuery,
    ): Promise<LiveSession[]> {
      return await db.$queryRaw<LiveSession[]>`
        SELECT id, user_agent AS "userAgent", address, created_at AS "createdAt",
          rotated_at AS "lastUsedAt"
        FROM sessions
        WHERE user_id = ${userId}::uuid AND revoked_at IS NULL
          AND expires_at > now() AND rotated_at > now() - make_interval(secs => ${idleSeconds})
          AND (${before ?? null}::uuid IS NULL OR id < ${before ?? null}::uuid)
        ORDER BY id DESC
        LIMIT ${size + 1}`;
    },

    /**
     * Lists the addresses of all past sign-ins. `alike` is true if it used this user agent within
     * that many seconds.
     */
    async originsOf(
      userId: string,
      userAgent: string | null,
      withinSeconds: number,
    ): Promise<SessionOrigin[]> {
      return await db.$queryRaw<SessionOrigin[]>`
        SELECT DISTINCT address,
          user_agent IS NOT DISTINCT FROM ${userAgent}::text
            AND created_at > now() - make_interval(secs => ${withinSeconds}) AS alike
        FROM sessions
        WHERE user_id = ${userId}::uuid`;
    },

    /**
     * Revokes all sessions of a user except one.
     * @returns their ids; call `sessionEnded` for each after the commit
     */
    async revokeAllOf(userId: string, except: string | null = null): Promise<string[]> {
      const rows = await db.$queryRaw<{ id: string }[]>`
        UPDATE sessions SET revoked_at = clock_timestamp()
        WHERE user_id = ${userId}::uuid
          AND revoked_at IS NULL
          AND id IS DISTINCT FROM ${except}::uuid
        RETURNING id`;
      return rows.map(({ id }) => id);
    },

    /**
     * Revokes all but the newest live sessions of a user; the caller must hold the user's lock.
     * @returns the revoked ids
     */
    async revokeAllButNewest(
      userId: string,
      keptCount: number,
      idleSeconds: number,
    ): Promise<string[]> {
      const rows = await db.$queryRaw<{ id: string }[]>`
        UPDATE sessions SET revoked_at = clock_timestamp()
        WHERE id IN (
          SELECT id FROM sessions
          WHERE user_id = ${userId}::uuid AND revoked_at IS NULL
            AND expires_at > now() AND rotated_at > now() - make_interval(secs => ${idleSeconds})
          ORDER BY created_at DESC, id DESC
          OFFSET ${keptCount})
        RETURNING id`;
      return rows.map(({ id }) => id);
    },

    /**
     * Deletes long-ended sessions, but keeps each user's newest: without it the next sign-in would
     * count as the first.
     */
    async purge(): Promise<void> {
      await db.$executeRaw`
        DELETE FROM sessions s
        WHERE expires_at < now() - interval '90 days'
          AND EXISTS (
            SELECT FROM sessions newer
            WHERE newer.user_id = s.user_id AND newer.created_at > s.created_at)`;
    },
  };
}

export type SessionsRepository = ReturnType<typeof createSessionsRepository>;
