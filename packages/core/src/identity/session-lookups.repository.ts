import { idSchema, roleSchema, type UserActor } from '@synap/contracts';
import { batchStatement, type Sql, type Statement } from '@synap/db';
import type { RefreshState } from './session-rules.js';

const actorStatement = batchStatement({
  name: 'auth_actor',
  key: { id: 'uuid' },
  text: (keys) => `
    SELECT k.n, s.id, s.user_id, u.email, u.role::text AS role,
      u.verified_at IS NOT NULL AS verified, u.must_change_password
    FROM ${keys}
    JOIN sessions s ON s.id = k.id
    JOIN users u ON u.id = s.user_id
    WHERE s.revoked_at IS NULL
      AND s.expires_at > now()
      AND u.disabled_at IS NULL`,
  read: (row): UserActor => ({
    kind: 'user',
    userId: row.text('user_id'),
    email: row.text('email'),
    role: roleSchema.parse(row.text('role')),
    sessionId: row.text('id'),
    verified: row.boolean('verified'),
    mustChangePassword: row.boolean('must_change_password'),
  }),
});

const refreshStatement: Statement<RefreshState> = {
  name: 'auth_refresh',
  text: `
    SELECT s.id, s.user_id, s.counter, s.salt, s.key_id,
      s.revoked_at IS NULL AND s.expires_at > now() AND u.disabled_at IS NULL AS live,
      extract(epoch FROM now() - s.rotated_at)::float8 AS since_rotation
    FROM sessions s
    JOIN users u ON u.id = s.user_id
    WHERE s.id = $1`,
  read: (row) => ({
    id: row.text('id'),
    userId: row.text('user_id'),
    counter: row.number('counter'),
    salt: row.bytes('salt'),
    keyId: row.text('key_id'),
    live: row.boolean('live'),
    secondsSinceRotation: row.number('since_rotation'),
  }),
};

/** Reads sessions by the primary keys of session and user. */
export function createSessionLookups(sql: Sql) {
  return {
    /** Returns the actor of a session; null if it has ended or its user is disabled. */
    actorOf: async (sessionId: string) =>
      idSchema.safeParse(sessionId).success
        ? sql.oneByKey(actorStatement, { id: sessionId })
        : null,
    refreshStateOf: (sessionId: string) => sql.one(refreshStatement, [sessionId]),
  };
}

export type SessionLookups = ReturnType<typeof createSessionLookups>;
