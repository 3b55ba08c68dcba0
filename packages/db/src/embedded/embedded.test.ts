import { EventEmitter, once } from 'node:events';
import { chownSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createPool } from '../client/pool.js';
import { query, removeFolder, temporaryFolder } from '../temporary.test.support.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded.js';
import { DataInUseError } from './in-use.js';
import { isAlive } from './processes.js';

const folders: string[] = [];
const running: EmbeddedPostgres[] = [];

afterEach(async () => {
  for (const cluster of running.splice(0)) await cluster.stop();
  for (const folder of folders.splice(0)) removeFolder(folder);
});

function newDataDir(): string {
  const folder = temporaryFolder();
  folders.push(folder);
  return path.join(folder, 'data');
}

async function start(dataDir: string): Promise<EmbeddedPostgres> {
  const cluster = await startEmbeddedPostgres({ dataDir, durable: false });
  running.push(cluster);
  return cluster;
}

describe('startEmbeddedPostgres', () => {
  it('creates a cluster, keeps data and address across a restart, and leaves no process', async () => {
    const dataDir = newDataDir();
    const first = await start(dataDir);
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);

    const second = await start(dataDir);
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('is used without TLS, whatever PGSSLMODE says for other servers', async () => {
    vi.stubEnv('PGSSLMODE', 'require');
    try {
      const { url } = await start(newDataDir());
      const pool = createPool({ url, size: 1 });
      const { rows } = await pool.query('SELECT 42 AS answer').finally(() => pool.end());
      expect(rows).toEqual([{ answer: 42 }]);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('requires the password, which only the owner can read', async () => {
    const dataDir = newDataDir();
    const { url, folder } = await start(dataDir);
    const { password } = new URL(url);
    const file = path.join(dataDir, 'postgres/password');
    expect(readFileSync(file, 'utf8')).toBe(password);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    for (const user of ['synap', 'postgres']) {
      for (const wrong of ['', 'postgres', `${password}x`]) {
        const target = new URL(url);
        [target.username, target.password] = [user, wrong];
        await expect(query(target.href, 'SELECT 1')).rejects.toThrow(/password/i);
      }
    }
    const rules = readFileSync(path.join(folder, 'data/pg_hba.conf'), 'utf8').split('\n');
    const methods = rules
      .filter((line) => /^(local|host)/.test(line))
      .map((line) => line.trim().split(/\s+/).at(-1));
    expect(new Set(methods)).toEqual(new Set(['scram-sha-256']));
  });

  it('gives the application a role without privileges, its own database, UTF-8 and no socket file', async () => {
    const { url, port, folder } = await start(newDataDir());
    const [role] = await query(
      url,
      'SELECT rolsuper, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = current_user',
    );
    expect(role).toEqual({
      rolsuper: false,
      rolcreaterole: false,
      rolreplication: false,
      rolbypassrls: false,
    });
    const [database] = await query(
      url,
      `SELECT datname AS name, pg_get_userbyid(datdba) AS owner, pg_encoding_to_char(encoding) AS encoding, datlocprovider AS provider,
         datlocale AS locale, current_setting('timezone') AS zone
       FROM pg_database WHERE datname = current_database()`,
    );
    expect(database).toEqual({
      name: 'synap',
      owner: 'synap',
      encoding: 'UTF8',
      provider: 'b',
      locale: 'C.UTF-8',
      zone: 'UTC',
    });
    const listening = readFileSync(path.join(folder, 'postgres.log'), 'utf8').match(
      /listening on .*/g,
    );
    expect(listening).toEqual([`listening on IPv4 address "127.0.0.1", port ${port}`]);
  });

  it('writes to disk before it acknowledges, unless durable is false', async () => {
    const dataDir = newDataDir();
    const cluster = await startEmbeddedPostgres({ dataDir });
    running.push(cluster);
    const [setting] = await query(
      cluster.url,
      `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit`,
    );
    expect(setting).toEqual({ fsync: 'on', commit: 'on' });
  });

  it('rejects a second leader in the same process', async () => {
    const dataDir = newDataDir();
    await start(dataDir);
    const refused = await startEmbeddedPostgres({ dataDir, durable: false }).catch(
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(DataInUseError);
    expect(refused).toMatchObject({
      pid: process.pid,
      message: expect.stringContaining(`in use by process ${process.pid}`),
    });
  });

  it('takes another port when its own is taken', async () => {
    const dataDir = newDataDir();
    const first = await start(dataDir);
    await first.stop();
    const squatter = createServer().listen(first.port, '127.0.0.1');
    await new Promise((resolve) => squatter.once('listening', resolve));
    const second = await start(dataDir);
    expect(second.port).not.toBe(first.port);
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await new Promise((resolve) => squatter.close(resolve));
  });

  it('starts empty after the data folder was deleted', async () => {
    const dataDir = newDataDir();
    const first = await start(dataDir);
    await query(first.url, 'CREATE TABLE gone ()');
    await first.stop();
    removeFolder(path.dirname(dataDir));
    const second = await start(dataDir);
    expect(await query(second.url, `SELECT to_regclass('gone') AS found`)).toEqual([
      { found: null },
    ]);
    expect(new URL(second.url).password).not.toBe(new URL(first.url).password);
  });

  it('makes a new password when its file was lost', async () => {
    const dataDir = newDataDir();
    const first = await start(dataDir);
    await query(first.url, 'CREATE TABLE kept ()');
    await first.stop();
    rmSync(path.join(dataDir, 'postgres/password'));
    const second = await start(dataDir);
    expect(await query(second.url, `SELECT to_regclass('kept') IS NOT NULL AS found`)).toEqual([
      { found: true },
    ]);
    await expect(query(first.url, 'SELECT 1')).rejects.toThrow();
  });

  it('is not misled by a postmaster.pid whose number belongs to another process by now', async () => {
    const dataDir = newDataDir();
    const first = await start(dataDir);
    const file = path.join(first.folder, 'data/postmaster.pid');
    const content = readFileSync(file, 'utf8');
    await first.stop();
    writeFileSync(file, content.replace(/^\d+/, String(process.pid)), { mode: 0o600 });
    const { uid, gid } = statSync(path.dirname(file));
    chownSync(file, uid, gid);
    const second = await start(dataDir);
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('starts again at the same address when PostgreSQL is killed, and says so', async () => {
    const dataDir = newDataDir();
    const events: string[] = [];
    const back = new EventEmitter();
    const cluster = await startEmbeddedPostgres({
      dataDir,
      onDown: () => events.push('down'),
      onUp: () => back.emit('up'),
    });
    running.push(cluster);
    await query(cluster.url, 'CREATE TABLE kept ()');
    const before = cluster.pid;
    const up = once(back, 'up');
    process.kill(before, 'SIGKILL');
    await up;
    expect(events).toEqual(['down']);
    expect(cluster.pid).not.toBe(before);
    expect(await query(cluster.url, `SELECT to_regclass('kept') IS NOT NULL AS found`)).toEqual([
      { found: true },
    ]);
  });

  it('stops for good, also while PostgreSQL is just being started again', async () => {
    const cluster = await start(newDataDir());
    process.kill(cluster.pid, 'SIGKILL');
    await cluster.stop();
    expect(isAlive(cluster.pid)).toBe(false);
    await expect(query(cluster.url, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
  });
});
