import type { StoredAnswer } from '@synap/contracts';
import type { Db, Sql, Statement } from '@synap/db';
import { z } from 'zod';

/**
 * What an answer is kept under: nobody else's key is this one, nor is the same key over another
 * procedure.
 */
export interface KeyId {
  userId: string;
  procedure: string;
  key: string;
}

export interface StoredResponse {
  fingerprint: string;
  answer: StoredAnswer;
}

const headersSchema = z.record(z.string(), z.string());

/** Told by the clock of the database, which all instances share. */
const current = `created_at > now() - interval '24 hours'`;

const findStatement: Statement<StoredResponse> = {
  name: 'idempotency_keys_find',
  text: `SELECT fingerprint, status, headers, body FROM idempotency_keys
    WHERE user_id = $1::uuid AND procedure = $2 AND key = $3 AND ${current}`,
  read: (row) => ({
    fingerprint: row.text('fingerprint'),
    answer: {
      status: row.number('status'),
      headers: headersSchema.parse(row.json('headers')),
      body: row.textOrNull('body') ?? undefined,
    },
  }),
};

/** Bytes of what is stored for a user; a row without a body counts, too. */
const usageStatement: Statement<number> = {
  name: 'idempotency_keys_usage',
  text: `SELECT coalesce(sum(octet_length(coalesce(body, '')) + octet_length(headers::text) + 300), 0)::float8 AS bytes
    FROM idempotency_keys WHERE user_id = $1::uuid AND ${current}`,
  read: (row) => row.number('bytes'),
};

/**
 * Not in one statement with what it guards: that would not see what was committed while the lock
 * was asked for.
 */
const lockStatement: Statement<boolean> = {
  name: 'idempotency_keys_lock',
  text: `SELECT pg_try_advisory_xact_lock(hashtextextended(concat_ws(' ', 'idempotency', $1::text, $2::text, $3::text), 0)) AS locked`,
  read: (row) => row.boolean('locked'),
};

export type IdempotencyKeysRepository = ReturnType<typeof createIdempotencyKeysRepository>;

export function createIdempotencyKeysRepository(db: Db, sql: Sql) {
  return {
    /** What was answered under a key in the last 24 h. */
    find({ userId, procedure, key }: KeyId): Promise<StoredResponse | null> {
      return sql.one(findStatement, [userId, procedure, key]);
    },

    /** Holds a key until the transaction ends; false when another one holds it. Never waits. */
    async tryLock({ userId, procedure, key }: KeyId): Promise<boolean> {
      return (await sql.one(lockStatement, [userId, procedure, key])) === true;
    },

    /** Bytes that the answers of the last 24 h take. */
    async usageOf(userId: string): Promise<number> {
      return (await sql.one(usageStatement, [userId])) ?? 0;
    },

    /** Keeps an answer for 24 h from now, in place of one whose time is over. */
    async store(
      { userId, procedure, key }: KeyId,
      { fingerprint, answer }: StoredResponse,
    ): Promise<void> {
      const { status, headers, body } = answer;
      await db.$executeRaw`
        INSERT INTO idempotency_keys (user_id, procedure, key, fingerprint, status, headers, body)
        VALUES (${userId}::uuid, ${procedure}, ${key}, ${fingerprint}, ${status}, ${JSON.stringify(headers)}::jsonb, ${body ?? null})
        ON CONFLICT (user_id, procedure, key) DO UPDATE SET fingerprint = excluded.fingerprint, status = excluded.status,
          headers = excluded.headers, body = excluded.body, created_at = excluded.created_at`;
    },

    /**
     * Deletes answers whose time is over, the oldest first, and tells how many: fewer than `limit`
     * when none is left.
     */
    deleteExpired(limit: number): Promise<number> {
      return db.$executeRaw`
        DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM idempotency_keys WHERE created_at <= now() - interval '24 hours'
          ORDER BY created_at LIMIT ${limit} FOR UPDATE SKIP LOCKED))`;
    },
  };
}
