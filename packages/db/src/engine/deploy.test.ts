import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../embedded/embedded.js';
import { query } from '../temporary.test.support.js';
import { migrateDeploy, migrationStatus } from './migrate.js';
import { createProject, type Project } from './project.test.support.js';

// Runs the real CLI beside a running server, and deploys to databases given by DATABASE_URL.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

let project: Project;
let server: EmbeddedPostgres;

beforeAll(async () => {
  project = createProject('model Note {\n  id Int @id\n}\n');
  project.migration(
    '20260101000000_init',
    'CREATE TABLE "Note" (id int NOT NULL, CONSTRAINT "Note_pkey" PRIMARY KEY (id));',
  );
  project.migration('20260102000000_slow', 'SELECT pg_sleep(0.5); CREATE TABLE slow ();');
  server = await startEmbeddedPostgres({ dataDir: project.dataDir, durable: false });
});

afterAll(async () => {
  await server.stop();
  await project.dispose();
});

const folder = () => path.join(project.folder, 'prisma/migrations');

function address(database: string, search = ''): string {
  return Object.assign(new URL(server.url), { pathname: `/${database}`, search }).href;
}

describe('prisma migrate deploy', () => {
  it('run twice at once: one applies, the other succeeds without doing anything', async () => {
    const outcomes = await Promise.all([
      project.prisma('migrate deploy'),
      project.prisma('migrate deploy'),
    ]);
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0]);
    expect(
      outcomes.filter(({ output }) => output.includes('have been successfully applied')),
    ).toHaveLength(1);
    expect(
      await query(server.url, 'SELECT migration_name AS name FROM _prisma_migrations ORDER BY 1'),
    ).toEqual([{ name: '20260101000000_init' }, { name: '20260102000000_slow' }]);
  });

  it('marks a failing migration, refuses to go on, and goes on when it is resolved', async () => {
    const name = '20260103000000_fails';
    project.migration(name, 'CREATE TABLE half ();\nSELECT 1/0;');
    const failed = await project.prisma('migrate deploy');
    expect(failed).toMatchObject({
      code: 1,
      output: expect.stringMatching(
        new RegExp(`P3018[\\s\\S]*${name}[\\s\\S]*22012[\\s\\S]*division by zero`),
      ),
    });
    expect(await migrationStatus(server.url, folder())).toEqual({
      state: 'failed',
      pending: [],
      failed: [name],
      unknown: [],
    });
    await expect(migrateDeploy(server.url, folder())).rejects.toThrow(
      `migration ${name} failed earlier`,
    );
    expect(await project.prisma('migrate deploy')).toMatchObject({
      code: 1,
      output: expect.stringContaining('P3009'),
    });
    expect(await project.prisma('migrate status')).toMatchObject({
      code: 1,
      output: expect.stringContaining(name),
    });

    expect(await project.prisma(`migrate resolve --rolled-back ${name}`)).toMatchObject({
      code: 0,
    });
    project.migration(name, 'CREATE TABLE half ();');
    expect(await project.prisma('migrate deploy')).toMatchObject({ code: 0 });
    expect(await migrationStatus(server.url, folder())).toEqual({
      state: 'current',
      pending: [],
      failed: [],
      unknown: [],
    });
  });

  it('makes the database that DATABASE_URL names, and the schema', async () => {
    for (const url of [address('other'), address('other', '?schema=apart')]) {
      expect(await project.prisma('migrate deploy', { env: { DATABASE_URL: url } })).toMatchObject({
        code: 0,
      });
      expect(await project.prisma('migrate status', { env: { DATABASE_URL: url } })).toMatchObject({
        code: 0,
      });
      expect(await migrationStatus(url, folder())).toMatchObject({ state: 'current' });
    }
    const tables = await query(
      address('other'),
      `SELECT schemaname AS schema FROM pg_tables WHERE tablename = 'slow' ORDER BY 1`,
    );
    expect(tables).toEqual([{ schema: 'apart' }, { schema: 'public' }]);
  });

  it('says why it cannot reach a database', async () => {
    const refused = await project.prisma('migrate deploy', {
      env: { DATABASE_URL: 'postgresql://a:b@127.0.0.1:1/x' },
    });
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('P1001') });
    const wrong = new URL(server.url);
    wrong.password = 'wrong';
    const denied = await project.prisma('migrate deploy', { env: { DATABASE_URL: wrong.href } });
    expect(denied).toMatchObject({ code: 1, output: expect.stringContaining('P1000') });
    expect(denied.output).not.toContain('wrong@');
  });
});

describe('a schema engine of the operator', () => {
  it('is used, with and without DATABASE_URL, at the real address', async () => {
    const engine = path.join(project.folder, 'engine');
    const seen = path.join(project.folder, 'seen');
    writeFileSync(
      engine,
      `#!/bin/sh\necho "$@" >> '${seen}'\nexec '${path.resolve(import.meta.dirname, '../../bin/schema-engine')}' "$@"\n`,
    );
    chmodSync(engine, 0o755);
    for (const env of [{ DATABASE_URL: server.url }, {}]) {
      const given = { PRISMA_SCHEMA_ENGINE_BINARY: engine, ...env };
      expect(await project.prisma('migrate deploy', { env: given })).toMatchObject({ code: 0 });
      expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(readFileSync(seen, 'utf8')).toContain(`"url":"${server.url}"`);
      rmSync(seen);
    }
  });
});

describe('migrateDeploy', () => {
  it('called by several processes at once applies each migration once', async () => {
    await query(server.url, 'CREATE DATABASE many');
    const applied = await Promise.all(
      [1, 2, 3].map(() => migrateDeploy(address('many'), folder())),
    );
    expect(applied.map((names) => names.length).sort()).toEqual([0, 0, 3]);
  });

  it('leaves no timer that keeps the process alive', async () => {
    await query(server.url, 'CREATE DATABASE untimed');
    const timers = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    await migrateDeploy(address('untimed'), folder());
    expect(timers()).toBeLessThanOrEqual(before);
  });

  it('is not subject to the time-outs of the role', async () => {
    await query(server.url, 'CREATE DATABASE limited');
    await query(server.url, `ALTER DATABASE limited SET statement_timeout = '100ms'`);
    expect(await migrateDeploy(address('limited'), folder())).toHaveLength(3);
  });

  it('names the failed migration, the reason and the remedy', async () => {
    await query(server.url, 'CREATE DATABASE broken');
    project.migration('20260104000000_broken', 'SELEC 1;');
    const failed = migrateDeploy(address('broken'), folder());
    await expect(failed).rejects.toThrow(
      /20260104000000_broken[\s\S]*42601[\s\S]*prisma migrate resolve/,
    );
    rmSync(path.join(folder(), '20260104000000_broken'), { recursive: true });
  });

  it('takes a database that knows more migrations than the folder for current, and names them as "migrate status" does', async () => {
    rmSync(path.join(folder(), '20260103000000_fails'), { recursive: true });
    expect(await migrationStatus(server.url, folder())).toEqual({
      state: 'current',
      pending: [],
      failed: [],
      unknown: ['20260103000000_fails'],
    });
    expect((await project.prisma('migrate status')).output).toContain('20260103000000_fails');
  });
});
