import type { StoredAnswer } from '@synap/contracts';
import type { Db, Sql, Statement } from '@synap/db';
import { z } from 'zod';

/** Keys are scoped per user and procedure. */
export interface KeyId {
  userId: string;
  procedure: string;
  key: string;
}

export interface StoredResponse {
  fingerprint: string;
  response: StoredAnswer;
}

const headersSchema = z.record(z.string(), z.string());

/** Measured by the database's clock, which all instances share. */
const current = `created_at > now() - interval '24 hours'`;

const findStatement: Statement<StoredResponse> = {
  name: 'idempotency_keys_find',
  text: `
    SELECT fingerprint, status, headers, body
    FROM idempotency_keys
    WHERE user_id = $1::uuid AND procedure = $2 AND key = $3 AND ${current}`,
  read: (row) => ({
    fingerprint: row.text('fingerprint'),
    response: {
      status: row.number('status'),
      headers: headersSchema.parse(row.json('headers')),
      body: row.textOrNull('body') ?? undefined,
    },
  }),
};

/** Bytes stored for a user; a row without a body counts, too. */
const usageStatement: Statement<number> = {
  name: 'idempotency_keys_usage',
  text: `
    SELECT coalesce(
        sum(octet_length(coalesce(body, '')) + octet_length(headers::text) + 300),
        0)::float8 AS bytes
    FROM idempotency_keys
    WHERE user_id = $1::uuid AND ${current}`,
  read: (row) => row.number('bytes'),
};

/**
 * Must be its own statement: a combined one would use a snapshot from before the lock was granted.
 */
const lockStatement: Statement<boolean> = {
  name: 'idempotency_keys_lock',
  text: `
    SELECT pg_try_advisory_xact_lock(
      hashtextextended(concat_ws(' ', 'idempotency', $1::text, $2::text, $3::text), 0)
    ) AS locked`,
  read: (row) => row.boolean('locked'),
};

export type IdempotencyKeysRepository = ReturnType<typeof createIdempotencyKeysRepository>;

export function createIdempotencyKeysRepository(db: Db, sql: Sql) {
  return {
    /** Finds the response stored under a key in the last 24 h. */
    find({ userId, procedure, key }: KeyId): Promise<StoredResponse | null> {
      return sql.one(findStatement, [userId, procedure, key]);
    },

    /**
     * Locks a key until the transaction ends. Returns false if another one holds it; never waits.
     */
    async tryLock({ userId, procedure, key }: KeyId): Promise<boolean> {
      return (await sql.one(lockStatement, [userId, procedure, key])) === true;
    },

    /** Bytes of the user's responses of the last 24 h. */
    async usageOf(userId: string): Promise<number> {
      return (await sql.one(usageStatement, [userId])) ?? 0;
    },

    /** Stores a response for 24 h and replaces an expired one. */
    async store(
      { userId, procedure, key }: KeyId,
      { fingerprint, response }: StoredResponse,
    ): Promise<void> {
      const { status, headers, body } = response;
      await db.$executeRaw`
        INSERT INTO idempotency_keys (user_id, procedure, key, fingerprint, status, headers, body)
        VALUES (${userId}::uuid, ${procedure}, ${key}, ${fingerprint}, ${status},
          ${JSON.stringify(headers)}::jsonb, ${body ?? null})
        ON CONFLICT (user_id, procedure, key) DO UPDATE
        SET fingerprint = excluded.fingerprint, status = excluded.status,
          headers = excluded.headers, body = excluded.body, created_at = excluded.created_at`;
    },

    /**
     * Deletes expired responses, oldest first.
     * @returns their number; fewer than `limit` if none is left
     */
    deleteExpired(limit: number): Promise<number> {
      return db.$executeRaw`
        DELETE FROM idempotency_keys
        WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM idempotency_keys
          WHERE created_at <= now() - interval '24 hours'
          ORDER BY created_at
          LIMIT ${limit}
          FOR UPDATE SKIP LOCKED))`;
    },
  };
}
