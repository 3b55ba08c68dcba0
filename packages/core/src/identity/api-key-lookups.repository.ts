import { roleSchema, type UserActor } from '@synap/contracts';
import type { Sql, Statement } from '@synap/db';
import { z } from 'zod';

/** Stored data of a key, before its secret is verified. */
export interface KnownKey {
  actor: UserActor;
  secretHash: Uint8Array;
  /** Milliseconds since the epoch; null for a key that does not expire. */
  expiresAt: number | null;
  /** True if its last use was not recorded within the last minute. */
  lastUsedIsStale: boolean;
}

const scopesSchema = z.array(z.string());

const keyStatement: Statement<KnownKey> = {
  name: 'auth_api_key',
  text: `
    SELECT k.id, k.user_id, u.email, u.role::text AS role, u.verified_at IS NOT NULL AS verified,
      u.must_change_password, k.secret_hash, to_json(k.scopes) AS scopes, k.dashboard_id,
      (extract(epoch FROM k.expires_at) * 1000)::float8 AS expires_at,
      (k.last_used_at IS NULL OR k.last_used_at < now() - interval '1 minute') AS use_unnoted
    FROM api_keys k
    JOIN users u ON u.id = k.user_id
    WHERE k.id = $1
      AND (k.expires_at IS NULL OR k.expires_at > now())
      AND u.disabled_at IS NULL`,
  read: (row) => ({
    actor: {
      kind: 'user',
      userId: row.text('user_id'),
      email: row.text('email'),
      role: roleSchema.parse(row.text('role')),
      sessionId: null,
      verified: row.boolean('verified'),
      mustChangePassword: row.boolean('must_change_password'),
      key: {
        id: row.text('id'),
        scopes: scopesSchema.parse(row.json('scopes')),
        dashboardId: row.textOrNull('dashboard_id'),
      },
    },
    secretHash: row.bytes('secret_hash'),
    expiresAt: row.numberOrNull('expires_at'),
    lastUsedIsStale: row.boolean('use_unnoted'),
  }),
};

/** Reads keys with one statement, by the primary keys of key and user. */
export function createApiKeyLookups(sql: Sql) {
  return {
    /**
     * Returns a key and its actor; null if it does not exist, has expired, or its user is disabled.
     */
    keyOf: (id: string) => sql.one(keyStatement, [id]),
  };
}

export type ApiKeyLookups = ReturnType<typeof createApiKeyLookups>;
