import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateDeploy, migrationStatus } from '../engine/migrate.js';
import { query, repositoryMigrations } from '../temporary.test.support.js';
import { type SuperuserCluster, startSuperuserCluster } from '../testing/cluster.js';
import { createDatabase } from './database.js';
import { listenTo } from './listen.js';
import { createPool } from './pool.js';
import { SessionSettingsError } from './session.js';

let cluster: SuperuserCluster;
beforeAll(async () => {
  cluster = await startSuperuserCluster();
});
afterAll(() => cluster.dispose());

const hostile = {
  timezone: "'America/St_Johns'",
  datestyle: "'SQL, DMY'",
  intervalstyle: 'sql_standard',
  search_path: 'elsewhere, "$user"',
  bytea_output: 'escape',
  extra_float_digits: '-15',
  standard_conforming_strings: 'off',
  default_transaction_isolation: 'serializable',
  // Long enough for the statement that changes it, also on a busy machine.
  statement_timeout: "'500ms'",
  lock_timeout: "'1ms'",
};

/** Address of a role whose default settings conflict with ours, in a separate database. */
const hostileRole = (name: string): Promise<string> => roleWith(name, hostile);

async function roleWith(name: string, settings: Record<string, string>): Promise<string> {
  await query(cluster.url, `CREATE ROLE "${name}" LOGIN SUPERUSER PASSWORD 'x'`);
  await query(cluster.url, `CREATE DATABASE "${name}" OWNER "${name}"`);
  for (const [setting, value] of Object.entries(settings))
    await query(cluster.url, `ALTER ROLE "${name}" SET ${setting} = ${value}`);
  const url = new URL(cluster.url);
  Object.assign(url, { username: name, password: 'x', pathname: `/${name}` });
  return url.href;
}

describe('a session', () => {
  it('reads and writes the same values whatever the role prefers, through Prisma, pg and the migrations', async () => {
    const url = await hostileRole('hostile');
    await migrateDeploy(url, repositoryMigrations);
    expect(await migrationStatus(url, repositoryMigrations)).toMatchObject({ state: 'current' });
    const database = createDatabase({ url });
    try {
      const at = new Date('2026-03-04T05:06:07.089Z');
      const { id } = await database.db.user.create({
        data: {
          email: 'a@example.org',
          name: String.raw`back\slash`,
          passwordHash: '',
          verifiedAt: at,
        },
      });
      const byPrisma = await database.db.user.findUniqueOrThrow({ where: { id } });
      expect(byPrisma).toMatchObject({ verifiedAt: at, name: String.raw`back\slash` });
      const statement = {
        name: 'values',
        text: `SELECT verified_at AS at, '\\x00ff'::bytea AS bytes, 0.1::float8 + 0.2 AS sum, extract(epoch FROM verified_at)::float8 AS epoch,
          (SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = 'users'::regclass) AS schema FROM users WHERE id = $1`,
        read: (row: Parameters<Parameters<typeof database.sql.one>[0]['read']>[0]) => ({
          at: row.date('at'),
          bytes: [...row.bytes('bytes')],
          sum: row.number('sum'),
          epoch: row.number('epoch'),
          schema: row.text('schema'),
        }),
      };
      expect(await database.sql.one(statement, [id])).toEqual({
        at,
        bytes: [0, 255],
        sum: 0.1 + 0.2,
        epoch: at.getTime() / 1000,
        schema: 'public',
      });
    } finally {
      await database.close();
    }
  });

  it('of a listener works on such a role too', async () => {
    const url = await hostileRole('listening');
    const heard: string[] = [];
    const listening = listenTo({
      url,
      applicationName: 'x',
      channel: 'news',
      onMessage: (payload) => void heard.push(payload),
      onListening: () => void heard.push('(listening)'),
      onLost: (error) => void heard.push(String(error)),
    });
    await expect.poll(() => heard, { timeout: 15_000 }).toEqual(['(listening)']);
    await query(url, `SET statement_timeout = 0; NOTIFY news, 'one'`);
    await expect.poll(() => heard, { timeout: 15_000 }).toEqual(['(listening)', 'one']);
    await listening.close();
  });

  it('is prepared before any statement runs on its connection, however many ask at once', async () => {
    const url = await hostileRole('crowded');
    const pool = createPool({ url, size: 4 });
    const seen = await Promise.all(
      Array.from({ length: 16 }, () =>
        pool.query(
          `SELECT concat_ws(', ', current_setting('DateStyle'), current_setting('TimeZone'),
             current_setting('statement_timeout'), current_setting('lock_timeout')) AS s`,
        ),
      ),
    );
    await pool.end();
    expect(new Set(seen.map(({ rows }) => rows[0].s))).toEqual(new Set(['ISO, YMD, UTC, 5s, 2s']));
  });

  it('has no time-out of the role that would end idle connections, or a long transaction such as a backup', async () => {
    const timeouts = { idle_session_timeout: "'20s'", transaction_timeout: "'20s'" };
    const url = await roleWith('impatient', timeouts);
    const pool = createPool({ url, size: 1 });
    const { rows } = await pool.query(
      "SELECT current_setting('idle_session_timeout') AS idle, current_setting('transaction_timeout') AS transaction",
    );
    await pool.end();
    expect(rows).toEqual([{ idle: '0', transaction: '0' }]);
  });

  it('behind a transaction pooler is verified only, and names the statements that set it right', async () => {
    const url = await hostileRole('pooled');
    const read = async () => {
      const pool = createPool({ url, pooler: 'transaction' });
      return pool
        .query("SELECT current_setting('search_path') AS path")
        .then(({ rows }) => String(rows[0].path))
        .finally(() => pool.end());
    };
    const error: unknown = await read().catch((reason: unknown) => reason);
    if (!(error instanceof SessionSettingsError)) throw new Error('The session was not refused');
    const statements = error.message
      .split('\n')
      .filter((line) => line.startsWith('  ALTER ROLE "pooled" IN DATABASE "pooled" SET '));
    expect(statements).toHaveLength(8);
    expect(statements.at(-1)).toContain('SET search_path = "public";');
    await query(cluster.url, statements.join('\n'));
    expect(await read()).toBe('public');
  });
});
