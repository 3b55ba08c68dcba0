import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { migrateDeploy, startEmbeddedPostgres } from '@synap/db';
import { until } from '@synap/testing';
import { describe, expect, it } from 'vitest';
import { migrationsFolder } from '../src/config/paths.js';
import { admin, startServerUnderTest } from './server-under-test.js';

describe('a database that is not migrated', () => {
  it('causes 503 with the command to run, and works after the migration', async () => {
    const server = await startServerUnderTest({
      migrated: false,
      waitUntilReady: false,
      variables: { SYNAP_MIGRATE: 'off' },
    });
    try {
      await until(() => server.printed.some((line) => line.includes('npx prisma migrate deploy')));
      const rejected = await server.rest('POST', '/auth/login', { body: admin });
      expect(rejected).toMatchObject({
        status: 503,
        body: {
          code: 'unavailable',
          detail: 'Database is not migrated: run "npx prisma migrate deploy"',
        },
      });
      expect(Number(rejected.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await server.rest('GET', '/health')).body).toMatchObject({
        status: 'degraded',
        database: 'unmigrated',
      });
      const readiness = await fetch(`${server.origin}/readyz`);
      expect([readiness.status, await readiness.text()]).toEqual([
        503,
        'Database is not migrated: run "npx prisma migrate deploy"\n',
      ]);
      expect((await fetch(`${server.origin}/healthz`)).status).toBe(200);

      await migrateDeploy(server.database.url, migrationsFolder);
      await server.running.ready;
      expect(await server.rest('POST', '/auth/login', { body: admin })).toMatchObject({
        status: 200,
      });
      expect((await fetch(`${server.origin}/readyz`)).status).toBe(200);
    } finally {
      await server.close();
    }
  });
});

describe('a database during its first start', () => {
  it('accepts calls that need the job queue or returns 503, and is ready when it accepts them', async () => {
    const server = await startServerUnderTest({
      migrated: false,
      waitUntilReady: false,
      variables: { SYNAP_ROLE: 'server' },
    });
    try {
      const answers = new Set<string>();
      const askUntilReady = async () => {
        for (let isReady = false; !isReady; ) {
          isReady = (await fetch(`${server.origin}/readyz`)).status === 200;
          const { status, text } = await server.rest('POST', '/auth/forgot', {
            body: { email: 'unknown@example.org' },
          });
          if (status !== 503 || isReady) answers.add(`${status} ${text}`);
        }
      };
      await Promise.all(Array.from({ length: 4 }, askUntilReady));
      expect([...answers]).toEqual(['202 {"accepted":true}']);
      await server.running.ready;
      await server.signIn();
    } finally {
      await server.close();
    }
  });
});

describe('an unreachable database', { timeout: 60_000 }, () => {
  it('causes 503 with Retry-After; calls work soon after its return', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'synap-away-'));
    await chmod(folder, 0o755); // PostgreSQL, which does not run as root, must get in.
    const start = (port?: number) =>
      startEmbeddedPostgres({ dataDir: folder, durable: false, port });
    let postgres = await start();
    const server = await startServerUnderTest({ databaseUrl: postgres.url });
    try {
      const token = await server.signIn();
      await postgres.stop();
      const away = await server.rest('GET', '/dashboards', { token });
      expect(away).toMatchObject({ status: 503, body: { code: 'unavailable' } });
      expect(away.headers.get('retry-after')).toBe('5');
      expect(JSON.stringify(away.body)).not.toMatch(/ECONN|127\.0\.0\.1|postgres/i);
      await until(async () => (await fetch(`${server.origin}/readyz`)).status === 503);
      expect((await fetch(`${server.origin}/healthz`)).status).toBe(200);
      postgres = await start(postgres.port);
      await until(async () => (await server.rest('GET', '/dashboards', { token })).status === 200);
    } finally {
      await server.close();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
