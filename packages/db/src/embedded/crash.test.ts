import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  readFileSync,
  realpathSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { query, removeFolder, temporaryFolder } from '../temporary.test.support.js';
import { canReach, runsAsRoot, unprivileged } from './account.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded.js';
import { ensureDatabase } from './ensure.js';
import { type Owned, type Owner, type OwnerOptions, spawnOwner } from './owner.test.support.js';
import { isAlive } from './processes.js';

/** This id has no entry in /etc/passwd. */
const stranger = { uid: 61_234, gid: 61_234 };

const folders: string[] = [];
const owners: Owner[] = [];

afterEach(async () => {
  for (const owner of owners.splice(0))
    if (owner.child.exitCode === null && owner.child.signalCode === null)
      await owner.end('SIGTERM');
  for (const folder of folders.splice(0)) removeFolder(folder);
});

function newDataDir(): string {
  const folder = temporaryFolder();
  folders.push(folder);
  return path.join(folder, 'data');
}

function own(dataDir: string, options?: OwnerOptions): Owner {
  const owner = spawnOwner(dataDir, options);
  owners.push(owner);
  return owner;
}

/** Adopts the cluster, as the next start does. */
async function takeOver<T>(
  dataDir: string,
  use: (cluster: EmbeddedPostgres) => Promise<T>,
): Promise<T> {
  const cluster = await startEmbeddedPostgres({ dataDir, durable: false });
  try {
    return await use(cluster);
  } finally {
    await cluster.stop();
    expect(isAlive(cluster.pid)).toBe(false);
  }
}

describe('a crash of the machine', () => {
  it.each([
    ['empty', ''],
    ['filled with zeros', '\0'.repeat(100)],
  ])('that left postmaster.pid %s does not keep the database from starting', async (_, content) => {
    const dataDir = newDataDir();
    const { folder } = await takeOver(dataDir, async (cluster) => {
      await query(cluster.url, 'CREATE TABLE kept ()');
      return cluster;
    });
    const file = path.join(folder, 'data/postmaster.pid');
    writeFileSync(file, content, { mode: 0o600 });
    const { uid, gid } = statSync(path.dirname(file));
    chownSync(file, uid, gid);
    // Simulates the time that a machine takes to restart.
    utimesSync(file, new Date(0), new Date(0));
    await takeOver(dataDir, async ({ url }) =>
      expect(await query(url, 'SELECT FROM kept')).toEqual([]),
    );
  });
});

describe('two processes', () => {
  it('started at once on a new folder: one becomes leader, the other names it', async () => {
    const dataDir = newDataDir();
    const rivals = [own(dataDir), own(dataDir)];
    const lines = await Promise.all(rivals.map((rival) => rival.started));
    const winner = lines.findIndex((line) => line.error === undefined);
    expect(lines.filter((line) => line.error !== undefined)).toHaveLength(1);
    expect(lines[1 - winner]?.error).toContain(
      `in use by process ${rivals[winner]?.child.pid} (another Synap)`,
    );
    expect(await query(lines[winner]?.url ?? '', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('as server and short-lived program: the program uses the database and leaves it running', async () => {
    const dataDir = newDataDir();
    const { url, pid } = await own(dataDir).started;
    const guest = await ensureDatabase({ dataDir });
    expect(guest).toMatchObject({ url, folder: path.join(realpathSync(dataDir), 'postgres/data') });
    await guest.release();
    expect(isAlive(pid)).toBe(true);
  });
});

describe('ensureDatabase', () => {
  it('starts the database for its use and stops it with the last user', async () => {
    const dataDir = newDataDir();
    const [one, other] = await Promise.all([
      ensureDatabase({ dataDir }),
      ensureDatabase({ dataDir }),
    ]);
    await one.release();
    expect(await query(other.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await other.release();
    await expect(query(other.url, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
  });

  it('uses the address it is given', async () => {
    const database = await ensureDatabase({
      dataDir: '/nowhere',
      databaseUrl: 'postgresql://elsewhere/x',
    });
    expect(database).toMatchObject({ url: 'postgresql://elsewhere/x', folder: null });
    await database.release();
  });

  it('leaves the database to a server that starts meanwhile', async () => {
    const dataDir = newDataDir();
    const guest = await ensureDatabase({ dataDir });
    const { url, pid } = await own(dataDir).started;
    await guest.release();
    expect(url).toBe(guest.url);
    expect(isAlive(pid)).toBe(true);
  });
});

describe('after kill -9', () => {
  it('of the leader, PostgreSQL keeps running, and the next start adopts and stops it', async () => {
    const dataDir = newDataDir();
    const owner = own(dataDir);
    const { pid, url } = await owner.started;
    await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await owner.end('SIGKILL');
    expect(isAlive(pid)).toBe(true);
    await takeOver(dataDir, async (cluster) => {
      expect(cluster).toMatchObject({ pid, url });
      expect(await query(cluster.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    });
  });

  it.each([
    ['us', ['owner']],
    ['PostgreSQL', ['postgres']],
    ['both', ['owner', 'postgres']],
  ])('of %s during writes, every acknowledged row is there', async (_, victims) => {
    const dataDir = newDataDir();
    const owner = own(dataDir, { mode: 'write' });
    const { pid } = await owner.started;
    let last = 0;
    owner.lines.on('line', (line) => {
      last = Math.max(last, JSON.parse(line).id ?? 0);
    });
    for (const deadline = Date.now() + 10_000; last < 50 && Date.now() < deadline; ) await delay(5);
    if (victims.includes('postgres')) process.kill(pid, 'SIGKILL');
    const read = once(owner.lines, 'close');
    await owner.end('SIGKILL');
    await read;
    expect(last).toBeGreaterThanOrEqual(50);
    const rows = await takeOver(dataDir, ({ url }) =>
      query(url, `SELECT count(*)::int AS rows FROM acknowledged WHERE id <= ${last}`),
    );
    expect(rows).toEqual([{ rows: last }]);
  });
});

describe.runIf(runsAsRoot())('as root', () => {
  it.runIf(canReach(import.meta.filename, unprivileged))(
    'keeps the cluster in the private home of an ordinary user',
    async () => {
      const home = temporaryFolder();
      folders.push(home);
      chownSync(home, unprivileged.uid, unprivileged.gid);
      chmodSync(home, 0o700);
      const owner = own(path.join(home, 'data'), { account: unprivileged, home });
      const { folder, url, error }: Owned = await owner.started;
      expect(error).toBeUndefined();
      expect(folder).toBe(path.join(home, 'data/postgres'));
      expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await owner.end('SIGTERM');
      expect(existsSync(path.join(folder, 'data/postmaster.pid'))).toBe(false);
      expect(readFileSync(path.join(folder, 'postgres.log'), 'utf8')).toContain(
        'database system is shut down',
      );
    },
  );

  it.runIf(canReach(import.meta.filename, stranger))(
    'says what to do for an account that the system does not know',
    async () => {
      const home = temporaryFolder();
      folders.push(home);
      chownSync(home, stranger.uid, stranger.gid);
      const { error } = await own(path.join(home, 'data'), { account: stranger, home }).started;
      expect(error).toMatch(/account 61234 has no entry in \/etc\/passwd.*DATABASE_URL/);
    },
  );
});

describe('a machine that no embedded PostgreSQL exists for', () => {
  it('asks for DATABASE_URL', async () => {
    const { error } = await own(newDataDir(), { arch: 's390x' }).started;
    expect(error).toMatch(/no embedded PostgreSQL for this machine.*Set DATABASE_URL/);
  });
});
