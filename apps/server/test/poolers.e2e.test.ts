import path from 'node:path';
import { createPool, isTransactionPooler } from '@synap/db';
import { type SuperuserCluster, startSuperuserCluster } from '@synap/db/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Pgbouncer, startPgbouncer, testsPgbouncer } from './pgbouncer.js';
import { asSuperuser, makeRole } from './role.js';
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js';
import { dataFolder, endProcesses, run } from './synap-process.js';

const hostile = {
  timezone: "'America/St_Johns'",
  datestyle: "'SQL, DMY'",
  intervalstyle: 'sql_standard',
  bytea_output: 'escape',
};

describe.skipIf(!testsPgbouncer)('behind PgBouncer', { timeout: 120_000 }, () => {
  let cluster: SuperuserCluster;
  let pooler: Pgbouncer | undefined;
  beforeAll(async () => {
    cluster = await startSuperuserCluster();
  });
  afterEach(async () => {
    await pooler?.stop();
    pooler = undefined;
    await endProcesses();
  });
  afterAll(() => cluster.dispose());

  async function makeOwner(name: string): Promise<string> {
    const url = await makeRole(cluster, name, hostile);
    await asSuperuser(cluster, `ALTER DATABASE ${name} OWNER TO ${name}`);
    return url;
  }

  /** Of all connections that the pooler has to PostgreSQL. */
  async function timeoutsOf(pooled: string): Promise<Set<string>> {
    const pool = createPool({ url: pooled, pooler: 'transaction', size: 3 });
    const read = () =>
      pool.query<{ value: string }>(
        `SELECT current_setting('statement_timeout') AS value, pg_sleep(0.1)`,
      );
    const answers = await Promise.all([read(), read(), read()]).finally(() => pool.end());
    return new Set(answers.flatMap(({ rows }) => rows.map(({ value }) => value)));
  }

  /**
   * Many calls at once, of every kind of statement: hot reads, Prisma, transactions, the job queue.
   */
  async function smoke(server: ServerUnderTest, direct: string): Promise<void> {
    const token = await server.signIn();
    const work = async (index: number) => {
      const made = await server.rest('POST', '/dashboards', { token, body: { name: `D${index}` } });
      const read = await server.rest('GET', `/dashboards/${made.body.id}`, { token });
      const changed = await server.rest('PUT', `/dashboards/${made.body.id}`, {
        token,
        body: { name: 'E', widgets: [], version: made.body.version },
      });
      const mail = await server.rest('POST', '/auth/forgot', {
        body: { email: `unknown${index}@example.org` },
      });
      const me = await server.rest('GET', '/users/me', { token });
      return [made.status, read.status, changed.status, mail.status, me.status];
    };
    const statuses = await Promise.all(Array.from({ length: 12 }, (_, index) => work(index)));
    expect(new Set(statuses.map(String))).toEqual(new Set(['201,200,200,202,200']));

    const pool = createPool({ url: direct, size: 1 });
    const { rows } = await pool.query<{ id: string; at: number }>(
      'SELECT id, floor(extract(epoch FROM created_at) * 1000)::float8 AS at FROM dashboards ORDER BY id LIMIT 1',
    );
    await pool.end();
    const [stored] = rows;
    const { body } = await server.rest('GET', `/dashboards/${stored?.id}`, { token });
    expect(new Date(body.createdAt).getTime()).toBe(stored?.at);
    expect(Math.abs(Date.now() - new Date(body.createdAt).getTime())).toBeLessThan(1_800_000);
  }

  it('in session mode works with a role with unsuitable settings', async () => {
    const url = await makeOwner('by_session');
    pooler = await startPgbouncer({ mode: 'session', url, size: 40 });
    const server = await startServerUnderTest({
      databaseUrl: pooler.url,
      variables: { DATABASE_POOLER: 'session' },
    });
    try {
      await smoke(server, url);
    } finally {
      await server.close();
    }
  });

  it('in transaction mode reports missing role settings, then works with fewer connections than the pool', async () => {
    const url = await makeOwner('by_transaction');
    pooler = await startPgbouncer({ mode: 'transaction', url, size: 3 });
    const variables = { DATABASE_POOLER: 'transaction', DATABASE_DIRECT_URL: url };
    const rejected = await startServerUnderTest({
      databaseUrl: pooler.url,
      variables,
      waitUntilReady: false,
    });
    const reason = await rejected.running.ready.catch(String);
    await rejected.close();
    const statements = String(reason)
      .split('\n')
      .filter((line) => line.startsWith('  ALTER ROLE "by_transaction" '));
    expect(statements.length, String(reason)).toBeGreaterThanOrEqual(4);

    await asSuperuser(
      cluster,
      ...statements,
      `ALTER ROLE by_transaction SET statement_timeout = '5s'`,
    );
    await pooler.stop();
    pooler = await startPgbouncer({ mode: 'transaction', url, size: 3 });
    const server = await startServerUnderTest({ databaseUrl: pooler.url, variables });
    try {
      await smoke(server, url);
      const folder = await dataFolder();
      const backup = ['backup', path.join(folder, 'backup.tar.gz')];
      const made = await run(backup, {
        ...variables,
        DATABASE_URL: pooler.url,
        SYNAP_DATA_DIR: server.dataDir,
      });
      expect(made).toMatchObject({ code: 0 });
      expect(await timeoutsOf(pooler.url)).toEqual(new Set(['5s']));
    } finally {
      await server.close();
    }
  });

  it.each(['session', 'transaction'] as const)(
    'in %s mode is detected while other clients use it',
    async (mode) => {
      const url = await makeRole(cluster, `busy_${mode}`);
      const busy = await startPgbouncer({ mode, url, size: 6 });
      pooler = busy;
      const others = createPool({ url: busy.url, pooler: 'transaction', size: 3 });
      let done = false;
      const use = async () => {
        while (!done) await others.query('SELECT pg_sleep(random() / 100)');
      };
      const using = [use(), use(), use()];
      try {
        for (let round = 0; round < 10; round += 1)
          expect(await isTransactionPooler(busy.url)).toBe(mode === 'transaction');
      } finally {
        done = true;
        await Promise.all(using);
        await others.end();
      }
    },
  );

  it('in transaction mode without DATABASE_POOLER fails the start, and doctor reports it', async () => {
    const url = await makeOwner('unnamed');
    pooler = await startPgbouncer({ mode: 'transaction', url, size: 3 });
    const variables = { SYNAP_DATA_DIR: await dataFolder(), DATABASE_URL: pooler.url };
    const started = await run(['start'], variables);
    expect(started.code).toBe(1);
    expect(started.text).toMatch(
      /DATABASE_URL: .*DATABASE_POOLER=transaction.*DATABASE_DIRECT_URL/,
    );
    const examined = await run(['doctor'], variables);
    expect(examined.text).toMatch(/FAIL +pooler .*DATABASE_POOLER=transaction/);
    for (const command of [['backup', '-'], ['restore', '-'], ['upgrade', '--check'], ['seed']]) {
      const rejected = await run(command, variables);
      expect(rejected, command.join(' ')).toMatchObject({
        code: 1,
        text: expect.stringContaining('DATABASE_POOLER=transaction'),
      });
    }
  });
});
