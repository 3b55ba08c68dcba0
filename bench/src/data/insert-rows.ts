import { createPasswordHasher, makeSecret } from '@synap/security';
import type pg from 'pg';
import { type BenchSize, savedPerUser, shortListRows, widgetsPerDashboard } from './bench-size.js';

/** The name of a user says which load uses the account. */
export type Kind = 'reader' | 'writer' | 'short list' | 'long list';

const insertUsers = `
  INSERT INTO users (id, email, name, password_hash, verified_at, updated_at)
  SELECT uuidv7(), gen_random_uuid() || '@example.org', $1, $2, now(), now()
  FROM generate_series(1, $3::int)`;

const insertSessions = `
  INSERT INTO sessions (id, user_id, salt, key_id, address, expires_at)
  SELECT uuidv7(), id, '', 'bench', '127.0.0.1', now() + interval '1 day' FROM users`;

/** Mixes the users, as if all had worked at the same time. */
const insertDashboards = `
  INSERT INTO dashboards (id, owner_id, name, bytes, updated_at)
  SELECT uuidv7(), u.id, 'Dashboard ' || n, 1500, now()
  FROM generate_series(1, $2::int) n CROSS JOIN users u
  WHERE u.name = $1`;

const insertWidgets = `
  INSERT INTO widget_placements (dashboard_id, id, position, module_id, widget_id, params, x, y, w, h)
  SELECT d.id, uuidv7(), p, 'host', 'load', jsonb_build_object('limit', p + 1), p % 4 * 3, p / 4 * 4, 3, 4
  FROM dashboards d JOIN users u ON u.id = d.owner_id CROSS JOIN generate_series(0, $1::int - 1) p
  WHERE u.name IN ('reader', 'writer')`;

/**
 * Fills the database by one statement for each table. All users share one hash of an unknown
 * password: a hash for each would take minutes.
 */
export async function insertRows(
  pool: pg.Pool,
  { users, dashboardsPerUser, longList }: BenchSize,
): Promise<void> {
  const hash = await createPasswordHasher().hash(makeSecret());
  const kinds: { kind: Kind; users: number; dashboards: number }[] = [
    { kind: 'reader', users, dashboards: dashboardsPerUser },
    { kind: 'writer', users, dashboards: savedPerUser },
    { kind: 'short list', users: 1, dashboards: shortListRows },
    { kind: 'long list', users: 1, dashboards: longList ?? 0 },
  ];
  for (const { kind, users, dashboards } of kinds) {
    await pool.query(insertUsers, [kind, hash, users]);
    await pool.query(insertDashboards, [kind, dashboards]);
  }
  await pool.query(insertSessions);
  await pool.query(insertWidgets, [widgetsPerDashboard]);
  for (const table of ['users', 'sessions', 'dashboards', 'widget_placements'])
    await pool.query(`VACUUM ANALYZE ${table}`);
}
