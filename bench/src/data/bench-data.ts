import { createAccessTokens, signingKeysOf } from '@synap/security';
import pg from 'pg';
import type { BenchSize } from './bench-size.js';
import { insertRows, type Kind } from './insert-rows.js';

/** A dashboard with a session of its owner. */
export interface OwnedDashboard {
  id: string;
  userId: string;
  sessionId: string;
}

export interface BenchData {
  size: BenchSize;
  /** Random dashboards of the users of this kind. */
  sample(kind: Kind): Promise<OwnedDashboard[]>;
  /** Addresses of accounts. */
  emails(): Promise<string[]>;
  /** Returns a fresh access token: those of the server expire after ten minutes. */
  tokenOf(owned: Pick<OwnedDashboard, 'userId' | 'sessionId'>): string;
  /** Sets the version of the writers' dashboards. */
  setVersions(version: number): Promise<void>;
  /** Removes the dashboards of this name, so that created ones never reach the quota. */
  removeNamed(name: string): Promise<void>;
}

export interface BenchDataOptions {
  url: string;
  /** `ACCESS_TOKEN_SECRET` of the server. */
  secret: string;
  size: BenchSize;
}

const selectSample = `
  SELECT d.id, d.owner_id AS "userId", s.id AS "sessionId"
  FROM dashboards d
  JOIN users u ON u.id = d.owner_id
  JOIN sessions s ON s.user_id = u.id
  WHERE u.name = $1
  ORDER BY random()
  LIMIT $2`;

const setVersions = `
  UPDATE dashboards d SET version = $1
  FROM users u
  WHERE u.id = d.owner_id AND u.name = 'writer'`;

/** Inserts the rows of a run, and reads what its requests need. `close` ends the connections. */
export async function createBenchData({ url, secret, size }: BenchDataOptions) {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  // The embedded PostgreSQL can end first, on Ctrl-C.
  pool.on('error', () => undefined);
  const tokens = createAccessTokens({
    keys: signingKeysOf(secret),
    issuer: 'synap',
    audience: 'synap',
  });
  await insertRows(pool, size);
  const data: BenchData = {
    size,
    async sample(kind) {
      const { rows } = await pool.query<OwnedDashboard>(selectSample, [kind, size.sample]);
      return rows;
    },
    async emails() {
      const { rows } = await pool.query<{ email: string }>('SELECT email FROM users');
      return rows.map(({ email }) => email);
    },
    tokenOf: ({ userId, sessionId }) => tokens.sign({ sub: userId, sid: sessionId }).token,
    async setVersions(version) {
      await pool.query(setVersions, [version]);
    },
    async removeNamed(name) {
      await pool.query('DELETE FROM dashboards WHERE name = $1', [name]);
    },
  };
  return { data, close: () => pool.end() };
}
