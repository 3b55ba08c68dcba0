import { type SuperuserCluster, startSuperuserCluster } from '@synap/db/testing';
import { until } from '@synap/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asSuperuser, inDatabase, makeRole } from './role.js';
import { admin, startServerUnderTest } from './server-under-test.js';

let cluster: SuperuserCluster;
beforeAll(async () => {
  cluster = await startSuperuserCluster();
});
afterAll(() => cluster.dispose());

const readOnly = async (isOn: boolean) => {
  await asSuperuser(
    cluster,
    'SET default_transaction_read_only = off',
    `ALTER SYSTEM SET default_transaction_read_only = ${isOn ? 'on' : 'off'}`,
    'SELECT pg_reload_conf()',
  );
};

describe('a server that became read-only', { timeout: 60_000 }, () => {
  it('causes 503 with the reason for changes and readiness, has its connections closed, and is used again later', async () => {
    const url = await makeRole(cluster, 'failover');
    await asSuperuser(cluster, 'ALTER DATABASE failover OWNER TO failover');
    const server = await startServerUnderTest({
      databaseUrl: url,
      variables: { SYNAP_ROLE: 'server' },
    });
    const sessions = async () => {
      const rows = await asSuperuser(
        cluster,
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'synap' AND datname = 'failover'",
      );
      return rows.map(({ pid }) => pid);
    };
    try {
      const token = await server.signIn();
      await readOnly(true);
      await until(
        async () => (await server.rest('POST', '/auth/login', { body: admin })).status === 503,
        { timeout: 30_000 },
      );
      const before = await sessions();
      const rejected = await server.rest('POST', '/dashboards', { token, body: { name: 'x' } });
      expect(rejected).toMatchObject({
        status: 503,
        body: { code: 'unavailable', detail: expect.stringContaining('read-only') },
      });
      expect(Number(rejected.headers.get('retry-after'))).toBeGreaterThan(0);
      const reasons = server.logged.filter((line) => line.includes('database unavailable'));
      expect(reasons.join('\n')).toContain('read-only transaction');
      expect((await server.rest('GET', '/dashboards', { token })).status).toBe(200);
      expect((await sessions()).filter((pid) => before.includes(pid))).toEqual([]);
      // Probes share one database check for half a second.
      await until(async () => (await fetch(`${server.origin}/readyz`)).status === 503);
      const readiness = await fetch(`${server.origin}/readyz`);
      expect([readiness.status, await readiness.text()]).toEqual([
        503,
        expect.stringContaining('read-only'),
      ]);
      expect(Number(readiness.headers.get('retry-after'))).toBeGreaterThan(0);

      await readOnly(false);
      await until(
        async () =>
          (await server.rest('POST', '/dashboards', { token, body: { name: 'x' } })).status === 201,
        {
          timeout: 30_000,
        },
      );
      await until(async () => (await fetch(`${server.origin}/readyz`)).status === 200);
    } finally {
      await readOnly(false);
      await server.close();
    }
  });
});

describe('a PostgreSQL that is suspended', { timeout: 60_000 }, () => {
  it('causes 503 with Retry-After over REST, RPC and readiness', async () => {
    const url = await makeRole(cluster, 'suspended');
    await asSuperuser(cluster, 'ALTER DATABASE suspended OWNER TO suspended');
    const server = await startServerUnderTest({
      databaseUrl: url,
      variables: { SYNAP_ROLE: 'server' },
    });
    const token = await server.signIn();
    const rows = await asSuperuser(
      cluster,
      "SELECT pid FROM pg_stat_activity WHERE datname = 'suspended'",
    );
    const processes = [cluster.pid, ...rows.map(({ pid }) => Number(pid))];
    const signal = (name: NodeJS.Signals) => {
      for (const pid of processes) process.kill(pid, name);
    };
    try {
      signal('SIGSTOP');
      const answers = await Promise.all([
        server.rest('GET', '/dashboards', { token }),
        fetch(`${server.origin}/trpc/dashboards.list?input=%7B%22json%22%3A%7B%7D%7D`, {
          headers: { authorization: `Bearer ${token}` },
        }),
        fetch(`${server.origin}/readyz`),
      ]);
      for (const { status, headers } of answers)
        expect([status, Number(headers.get('retry-after'))]).toEqual([
          503,
          expect.toSatisfy((wait: number) => wait > 0),
        ]);
    } finally {
      signal('SIGCONT');
      await server.close();
    }
  });
});

describe('a role that may not create tables', { timeout: 60_000 }, () => {
  it('is reported in one line, and can serve a prepared schema', async () => {
    const url = await makeRole(cluster, 'bounded');
    const server = await startServerUnderTest({ databaseUrl: url, waitUntilReady: false });
    try {
      await until(() => server.printed.some((line) => line.includes('GRANT CREATE')), {
        timeout: 30_000,
      });
      // Later attempts add no more lines.
      const attempts = () =>
        asSuperuser(
          cluster,
          "SELECT sum(xact_rollback + xact_commit)::int AS n FROM pg_stat_database WHERE datname = 'bounded'",
        );
      const [first] = await attempts();
      await until(async () => Number((await attempts())[0]?.n) > Number(first?.n) + 10, {
        timeout: 30_000,
      });
      expect(server.printed.filter((line) => line.includes('may not create'))).toHaveLength(1);
      expect(server.logged.filter((line) => line.includes('"stack"'))).toEqual([]);
      await asSuperuser(
        inDatabase(cluster, 'bounded'),
        'GRANT CREATE ON DATABASE bounded TO bounded',
        'GRANT CREATE ON SCHEMA public TO bounded',
      );
      await server.running.ready;
    } finally {
      await server.close();
    }
    await asSuperuser(
      inDatabase(cluster, 'bounded'),
      'REVOKE CREATE ON DATABASE bounded FROM bounded',
      'REVOKE CREATE ON SCHEMA public FROM bounded',
    );
    const prepared = await startServerUnderTest({ databaseUrl: url });
    expect(await prepared.signIn()).not.toBe('');
    await prepared.close();
  });
});

describe('a database that a newer version migrated', { timeout: 60_000 }, () => {
  it('is served, and the start names its unknown migrations', async () => {
    const url = await makeRole(cluster, 'newer');
    await asSuperuser(cluster, 'ALTER DATABASE newer OWNER TO newer');
    await (await startServerUnderTest({ databaseUrl: url })).close();
    await asSuperuser(
      inDatabase(cluster, 'newer'),
      `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
       VALUES ('x', 'x', now(), '20991231000000_later', 1)`,
    );
    const server = await startServerUnderTest({ databaseUrl: url });
    expect(server.printed.join('\n')).toContain('20991231000000_later');
    await server.close();
  });
});
