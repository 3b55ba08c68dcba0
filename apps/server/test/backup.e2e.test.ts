import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { createPool } from '@synap/db';
import { createTestDatabase, type TestDatabase, until } from '@synap/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { admin, type ServerUnderTest, startServerUnderTest } from './server-under-test.js';
import {
  dataFolder,
  ended,
  endProcesses,
  launch,
  run,
  startServer,
  synapCommand,
} from './synap-process.js';

const databases: TestDatabase[] = [];
const servers: ServerUnderTest[] = [];
afterEach(async () => {
  await endProcesses();
  for (const server of servers.splice(0)) await server.close();
  for (const database of databases.splice(0)) await database.drop();
});

async function emptyDatabase(): Promise<string> {
  const database = await createTestDatabase({ migrated: false });
  databases.push(database);
  return database.url;
}

async function serve(
  options: Parameters<typeof startServerUnderTest>[0] = {},
): Promise<ServerUnderTest> {
  const server = await startServerUnderTest(options);
  servers.push(server);
  return server;
}

async function tablesOf(url: string): Promise<unknown[]> {
  const pool = createPool({ url, size: 1 });
  const { rows } = await pool.query(
    `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
  );
  await pool.end();
  return rows;
}

/** Reads the stored data over the API. */
async function answersOf(origin: string) {
  const post = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(admin),
  };
  const login = await fetch(`${origin}/api/v1/auth/login`, post);
  const { accessToken } = (await login.json()) as { accessToken: string };
  const get = async (target: string) => {
    const answer = await fetch(`${origin}/api/v1${target}`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    return { status: answer.status, body: await answer.json() };
  };
  return {
    dashboards: await get('/dashboards?size=100'),
    users: await get('/users?size=100'),
    keys: await get('/api-keys?size=100'),
  };
}

const passphrase = 'a passphrase for backups';

describe('synap backup and restore', { timeout: 120_000 }, () => {
  it('copy an installation with the embedded database while it serves, with equal responses and secrets', async () => {
    const [folder, elsewhere] = [await dataFolder(), await dataFolder()];
    await writeFile(path.join(folder, 'passphrase'), `${passphrase}\n`);
    const seal = ['--passphrase-file', path.join(folder, 'passphrase')];
    const { child, origin } = await startServer({ SYNAP_DATA_DIR: folder });
    const { dashboards } = await answersOf(origin);
    expect(dashboards.status).toBe(200);
    await run(['seed'], { SYNAP_DATA_DIR: folder });
    const file = path.join(folder, 'backup.tar.gz');
    const made = await run(['backup', file, ...seal], { SYNAP_DATA_DIR: folder });
    expect(made).toMatchObject({ code: 0, text: expect.stringContaining(file) });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const before = await answersOf(origin);
    expect(await run(['restore', file], { SYNAP_DATA_DIR: folder })).toMatchObject({
      code: 1,
      text: expect.stringContaining('not empty'),
    });
    expect(await run(['backup', file], { SYNAP_DATA_DIR: folder })).toMatchObject({
      code: 1,
      text: expect.stringContaining('exists already'),
    });
    await ended(child, 'SIGTERM');

    const restored = await run(['restore', file, ...seal], { SYNAP_DATA_DIR: elsewhere });
    expect(restored).toMatchObject({
      code: 0,
      text: expect.stringContaining('secrets of the archive are in the data folder'),
    });
    for (const name of ['access-token', 'refresh-token', 'encryption'])
      expect(await readFile(path.join(elsewhere, 'secrets', name), 'utf8')).toBe(
        await readFile(path.join(folder, 'secrets', name), 'utf8'),
      );
    const second = await startServer({ SYNAP_DATA_DIR: elsewhere });
    expect(await answersOf(second.origin)).toEqual(before);
    await ended(second.child, 'SIGTERM');
  });

  it('reject a wrong passphrase, other secrets and a damaged archive before any change', async () => {
    const { database, dataDir } = await serve({ variables: { SYNAP_ROLE: 'server' } });
    const file = path.join(await dataFolder(), 'backup.tar.gz');
    const from = { DATABASE_URL: database.url, SYNAP_DATA_DIR: dataDir };
    expect(await run(['backup', file], { ...from, BACKUP_PASSPHRASE: passphrase })).toMatchObject({
      code: 0,
    });
    const url = await emptyDatabase();
    const folder = await dataFolder();
    const restore = (variables: Record<string, string>, archive = file) =>
      run(['restore', archive], { DATABASE_URL: url, SYNAP_DATA_DIR: folder, ...variables });

    expect(await restore({ BACKUP_PASSPHRASE: `${passphrase}!` })).toMatchObject({
      code: 1,
      text: expect.stringContaining('passphrase is wrong'),
    });
    await mkdir(path.join(folder, 'secrets'));
    await writeFile(path.join(folder, 'secrets/encryption'), 'another secret');
    expect(await restore({ BACKUP_PASSPHRASE: passphrase })).toMatchObject({
      code: 1,
      text: expect.stringContaining('other secrets'),
    });
    expect(await readFile(path.join(folder, 'secrets/encryption'), 'utf8')).toBe('another secret');
    const bytes = await readFile(file);
    const cut = path.join(folder, 'cut.tar.gz');
    await writeFile(cut, bytes.subarray(0, bytes.length - 1000));
    expect(await restore({}, cut)).toMatchObject({
      code: 1,
      text: expect.stringContaining('truncated or altered'),
    });
    expect(await tablesOf(url)).toEqual([]);
    expect(await restore({})).toMatchObject({
      code: 0,
      text: expect.stringContaining('secrets of the archive were not restored'),
    });
  });

  it('pass an archive through a pipe', async () => {
    const source = await serve();
    const { token } = await source.newUser();
    await source.rest('POST', '/dashboards', { token, body: { name: 'Über 🙂 \\N' } });
    const url = await emptyDatabase();
    const shell = '"$@" backup - | env DATABASE_URL="$TARGET" "$@" restore -';
    const env = {
      PATH: process.env.PATH,
      DATABASE_URL: source.database.url,
      TARGET: url,
      SYNAP_DATA_DIR: await dataFolder(),
    };
    await promisify(execFile)('sh', ['-c', shell, 'sh', ...synapCommand], { env });
    const target = await serve({ databaseUrl: url, migrated: false });
    expect(await answersOf(target.origin)).toEqual(await answersOf(source.origin));
  });

  it('do not create a missing database, as with settings that differ from the server', async () => {
    const folder = await dataFolder();
    const checked = await run(['upgrade', '--check'], { SYNAP_DATA_DIR: folder });
    expect(checked).toMatchObject({
      code: 0,
      text: expect.stringContaining('There is no database'),
    });
    await mkdir(path.join(folder, 'secrets'));
    for (const name of ['access-token', 'refresh-token', 'encryption'])
      await writeFile(path.join(folder, 'secrets', name), `${name} `.repeat(8), { mode: 0o600 });
    for (const args of [['backup', path.join(folder, 'b.tar.gz')], ['seed'], ['secrets', 'rotate']])
      expect(await run(args, { SYNAP_DATA_DIR: folder })).toMatchObject({
        code: 1,
        text: expect.stringContaining('There is no database in the data folder'),
      });
    expect(await readdir(folder)).toEqual(['secrets']);
  });

  it('leave no file under the final name if the backup is killed', async () => {
    const database = await createTestDatabase();
    databases.push(database);
    const pool = createPool({ url: database.url, size: 1, statementMilliseconds: 0 });
    await pool.query(
      `INSERT INTO module_entries (module_id, key, value)
       SELECT 'm', n::text, to_jsonb((SELECT string_agg(md5((n * 100 + i)::text), '') FROM generate_series(1, 100) i)) FROM generate_series(1, 20000) n`,
    );
    await pool.end();
    const folder = await dataFolder();
    const { child, output } = launch(['backup', path.join(folder, 'b.tar.gz')], {
      DATABASE_URL: database.url,
      SYNAP_DATA_DIR: folder,
    });
    const draft = await until(
      async () => (await readdir(folder)).find((name) => name.endsWith('.partial')) ?? '',
    );
    await until(async () => (await stat(path.join(folder, draft))).size > 100_000, { interval: 1 });
    await ended(child, 'SIGKILL');
    expect(output.text).toBe('');
    expect(existsSync(path.join(folder, 'b.tar.gz'))).toBe(false);
    expect(
      (
        await run(['backup', path.join(folder, 'b.tar.gz')], {
          DATABASE_URL: database.url,
          SYNAP_DATA_DIR: folder,
        })
      ).code,
    ).toBe(0);
  });

  it('mark an installation if the restore is killed, and can restore it again', async () => {
    const database = await createTestDatabase();
    databases.push(database);
    const pool = createPool({ url: database.url, size: 1, statementMilliseconds: 0 });
    await pool.query(
      `INSERT INTO module_entries (module_id, key, value)
       SELECT 'm', n::text, to_jsonb((SELECT string_agg(md5((n * 100 + i)::text), '') FROM generate_series(1, 100) i)) FROM generate_series(1, 20000) n`,
    );
    await pool.end();
    const folder = await dataFolder();
    const file = path.join(folder, 'b.tar.gz');
    expect(
      await run(['backup', file], { DATABASE_URL: database.url, SYNAP_DATA_DIR: folder }),
    ).toMatchObject({ code: 0 });
    const target = { DATABASE_URL: await emptyDatabase(), SYNAP_DATA_DIR: folder };
    const { child, output } = launch(['restore', file], target);
    await until(() => output.text.includes('Loading module_entries'), {
      timeout: 30_000,
      interval: 1,
    });
    await ended(child, 'SIGKILL');

    const server = launch(['start'], target);
    await until(() => server.output.text.includes('run "synap restore" again'), {
      timeout: 30_000,
    });
    expect(server.output.text).not.toContain('is ready');
    for (const [command, code] of [
      ['doctor', 1],
      ['seed', 1],
      ['backup', 1],
    ] as const) {
      const args = command === 'backup' ? [command, path.join(folder, 'c.tar.gz')] : [command];
      expect(await run(args, target)).toMatchObject({
        code,
        text: expect.stringContaining('run "synap restore" again'),
      });
    }
    expect(await run(['restore', file], target)).toMatchObject({ code: 0 });
    await until(() => server.output.text.includes('Synap is ready'), { timeout: 30_000 });
    await ended(server.child, 'SIGTERM');
  });

  it('run by schedule in the worker; doctor and upgrade --check report the result', async () => {
    const backups = path.join(await dataFolder(), 'backups');
    const { database, dataDir, logged } = await serve({
      variables: { BACKUP_DIR: backups, BACKUP_SCHEDULE: '0 3 1 1 *' },
    });
    const variables = {
      DATABASE_URL: database.url,
      SYNAP_DATA_DIR: dataDir,
      BACKUP_DIR: backups,
      BACKUP_SCHEDULE: '* * * * *',
    };
    expect((await run(['doctor'], variables)).text).toMatch(/FAIL +backup/);
    const pool = createPool({ url: database.url, size: 1 });
    await pool.query(`SELECT graphile_worker.add_job('backup')`);
    await until(() => logged.some((line) => line.includes('backup written')));
    expect(await readdir(backups)).toHaveLength(1);
    expect((await run(['doctor'], variables)).text).toMatch(/ok +backup +last good backup 0 h ago/);
    expect(await run(['upgrade', '--check'], variables)).toMatchObject({
      code: 0,
      text: expect.stringContaining('Nothing to migrate'),
    });

    // Simulates one more migration in this version.
    await pool.query(`DELETE FROM _prisma_migrations WHERE migration_name LIKE '%identity_whole'`);
    const ready = await run(['upgrade', '--check'], variables);
    expect(ready).toMatchObject({
      code: 0,
      text: expect.stringMatching(/identity_whole\n[\s\S]*ALTER TABLE "users"[\s\S]*Backup of /),
    });
    const { BACKUP_DIR: _, ...without } = variables;
    expect(await run(['upgrade', '--check'], without)).toMatchObject({
      code: 1,
      text: expect.stringContaining('synap backup'),
    });
    await pool.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('x', '', '29990101_later', now())`,
    );
    expect(await run(['upgrade', '--check'], variables)).toMatchObject({
      code: 1,
      text: expect.stringContaining('29990101_later'),
    });
    expect(await run(['upgrade'], variables)).toMatchObject({ code: 2 });
    await pool.end();
  });
});
