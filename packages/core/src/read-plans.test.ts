import { createDatabase, type Database } from '@synap/db';
import { createTestDatabase, type TestDatabase } from '@synap/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRepositories, type Repositories } from './repositories.js';

let testDatabase: TestDatabase;
let database: Database;
let repositories: Repositories;
let owners: { id: string; session: string; key: string; dashboard: string }[];

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  // Statistics of one connection can be flushed.
  database = createDatabase({ url: testDatabase.url, size: 1 });
  repositories = createRepositories(database.db, database.sql);
  for (const statement of [
    `INSERT INTO users (id, email, name, password_hash)
      SELECT gen_random_uuid(), n || '@example.org', 'n', '-' FROM generate_series(1, 3000) n`,
    `INSERT INTO sessions (id, user_id, salt, key_id, address, expires_at)
      SELECT gen_random_uuid(), id, '', 'k', '::1', now() + interval '1 hour' FROM users`,
    `INSERT INTO api_keys (id, user_id, name, secret_hash, scopes)
      SELECT gen_random_uuid(), id, 'n', '', '{dashboards:read}' FROM users`,
    `INSERT INTO dashboards (id, owner_id, name)
      SELECT gen_random_uuid(), id, 'n' FROM users, generate_series(1, 2)`,
    `INSERT INTO widget_placements (dashboard_id, id, position, module_id, widget_id, params, x, y, w, h)
      SELECT id, gen_random_uuid(), n, 'git', 'commits', '{}', 0, 0, 1, 1
      FROM dashboards, generate_series(1, 8) n`,
    'ANALYZE',
  ])
    await database.pool.query(statement);
  const { rows } = await database.pool.query<(typeof owners)[number]>(`
    SELECT DISTINCT ON (u.id) u.id, s.id AS session, a.id AS key, d.id AS dashboard
    FROM users u
    JOIN sessions s ON s.user_id = u.id
    JOIN api_keys a ON a.user_id = u.id
    JOIN dashboards d ON d.owner_id = u.id
    ORDER BY u.id
    LIMIT 100`);
  owners = rows;
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

/** Counts scans of whole tables. */
async function tableScans(): Promise<Record<string, number>> {
  await database.pool.query('SELECT pg_stat_force_next_flush()');
  const { rows } = await database.pool.query<{ relname: string; scans: number }>(`
    SELECT relname, seq_scan::int AS scans
    FROM pg_stat_user_tables
    WHERE relname IN ('users', 'sessions', 'api_keys', 'dashboards', 'widget_placements')`);
  return Object.fromEntries(rows.map(({ relname, scans }) => [relname, scans]));
}

const reads: [string, (owner: (typeof owners)[number]) => Promise<unknown>][] = [
  ['sessions', ({ session }) => repositories.sessionLookups.actorOf(session)],
  ['API keys', ({ key }) => repositories.apiKeyLookups.keyOf(key)],
  ['dashboards', ({ id, dashboard }) => repositories.dashboards.findOwned(id, dashboard)],
  ['lists of dashboards', ({ id }) => repositories.dashboards.listOwnedBy(id, { size: 20 })],
  ['widgets of a dashboard', (owner) => repositories.dashboards.listPlacements(owner.dashboard)],
];

// Seven executions, because PostgreSQL plans the first five for their values.
it.each(reads)('%s are read by an index, for one key and for many', async (_, read) => {
  const before = await tableScans();
  expect(Object.keys(before)).toHaveLength(5);
  for (const count of [1, 1, 1, 1, 1, 1, 1, 100, 100]) {
    const found = await Promise.all(owners.slice(0, count).map(read));
    expect(found).toHaveLength(count);
    expect(found).not.toContain(null);
  }
  expect(await tableScans()).toEqual(before);
});

it('many keys first: the plans are the same', async () => {
  await database.pool.query('DISCARD PLANS');
  const before = await tableScans();
  for (const [, read] of reads)
    for (let run = 0; run < 7; run += 1) await Promise.all(owners.map(read));
  expect(await tableScans()).toEqual(before);
});
