import { roleSchema, type UserActor } from '@synap/contracts';
import { batchStatement, type Sql } from '@synap/db';
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

const keyStatement = batchStatement({
  name: 'auth_api_key',
  key: { id: 'uuid' },
  text: (keys) => `
    SELECT k.n, a.id, a.user_id, u.email, u.role::text AS role, u.verified_at IS NOT NULL AS verified,
      u.must_change_password, a.secret_hash, to_json(a.scopes) AS scopes, a.dashboard_id,
      (extract(epoch FROM a.expires_at) * 1000)::float8 AS expires_at,
      (a.last_used_at IS NULL OR a.last_used_at < now() - interval '1 minute') AS use_unnoted
    FROM ${keys}
    JOIN api_keys a ON a.id = k.id
    JOIN users u ON u.id = a.user_id
    WHERE (a.expires_at IS NULL OR a.expires_at > now())
      AND u.disabled_at IS NULL`,
  read: (row): KnownKey => ({
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
});

/** Reads keys by the primary keys of key and user. */
export function createApiKeyLookups(sql: Sql) {
  return {
    /**
     * Returns a key and its actor; null if it does not exist, has expired, or its user is disabled.
     */
    keyOf: (id: string) => sql.oneByKey(keyStatement, { id }),
  };
}

export type ApiKeyLookups = ReturnType<typeof createApiKeyLookups>;
