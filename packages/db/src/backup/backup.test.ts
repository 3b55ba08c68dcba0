import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool } from '../client/pool.js';
import { migrateDeploy } from '../engine/migrate.js';
import {
  query,
  repositoryMigrations,
  type TemporaryCluster,
  temporaryCluster,
} from '../temporary.test.support.js';
import {
  allMigrations,
  awkward,
  backUp,
  collector,
  contentOf,
  newDatabase,
  product,
  restore,
} from './backup.test.support.js';
import { readArchive } from './read-archive.js';
import { restoreBackup } from './restore-backup.js';
import { hasUnfinishedRestore } from './restore-mark.js';
import { writeBackup } from './write-backup.js';

let cluster: TemporaryCluster;
beforeAll(async () => {
  cluster = await temporaryCluster();
});
afterAll(() => cluster.dispose());

/** A dashboard as text, without a column that a later migration adds. */
const withoutBytes = (row: string): unknown => ({ ...JSON.parse(row), bytes: undefined });

async function fill(url: string, users = 3): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    `INSERT INTO users (id, email, name, password_hash, role, created_at)
     SELECT uuidv7(), 'person' || n || '@example.org', $1, 'hash', CASE n WHEN 1 THEN 'superuser' ELSE 'user' END::role,
       '0044-03-15 12:00:00.123 BC'::timestamptz FROM generate_series(1, $2) n`,
    [awkward, users],
  );
  await client.query(
    `INSERT INTO dashboards (id, owner_id, name) SELECT uuidv7(), id, $1 FROM users`,
    [awkward],
  );
  await client.query(
    `INSERT INTO widget_placements (dashboard_id, id, position, module_id, widget_id, params, x, y, w, h)
     SELECT id, uuidv7(), 0, 'git', 'commits', $1, 0, 0, 1, 1 FROM dashboards`,
    [
      JSON.stringify({
        text: awkward.replaceAll('\u0000', ''),
        number: 12345678901234567890n.toString(),
      }),
    ],
  );
  await client.query(
    `INSERT INTO events (id, source, type, payload, occurred_at) SELECT uuidv7(), 'system', 'test', $1, now() FROM users`,
    [JSON.stringify({ awkward })],
  );
  await client.query(
    `INSERT INTO sessions (id, user_id, salt, key_id, address, expires_at)
     SELECT uuidv7(), id, '\\x00ff5c0a0d', 'key', '::1', 'infinity' FROM users`,
  );
  if ((await query(url, `SELECT to_regclass('api_keys') IS NOT NULL AS there`))[0]?.there)
    await client.query(
      `INSERT INTO api_keys (id, user_id, name, secret_hash, scopes) SELECT uuidv7(), id, $1, '\\x00', ARRAY[$1, '{}', ''] FROM users`,
      [awkward],
    );
  await client.end();
}

describe('a backup', () => {
  it('restores every row of every table elsewhere, also awkward text, bytes and times', async () => {
    const source = await newDatabase(cluster);
    await fill(source);
    await query(source, `INSERT INTO rate_limits (key, points) VALUES ('a', 1)`);
    // Settings of both databases must not matter.
    const name = new URL(source).pathname.slice(1);
    await query(source, `ALTER DATABASE ${name} SET datestyle = 'SQL, DMY'`);
    await query(source, `ALTER DATABASE ${name} SET bytea_output = 'escape'`);
    const archive = await backUp(source);
    const target = await newDatabase(cluster, []);
    await query(
      target,
      `ALTER DATABASE ${new URL(target).pathname.slice(1)} SET timezone = 'Asia/Kathmandu'`,
    );
    await restore(target, archive);
    const search = '?options=-c%20timezone%3DUTC%20-c%20datestyle%3DISO%20-c%20bytea_output%3Dhex';
    const inUtc = (url: string) => Object.assign(new URL(url), { search }).href;
    const restored = await contentOf(inUtc(target));
    expect(restored).toEqual(await contentOf(inUtc(source)));
    expect(restored.users).toHaveLength(3);
    expect(await query(target, 'SELECT * FROM rate_limits')).toEqual([]);
    expect(
      await query(target, 'SELECT migration_name AS name FROM _prisma_migrations ORDER BY 1'),
    ).toEqual(allMigrations.map((migration) => ({ name: migration })));
  });

  it('holds every table of the schema but counters of limits', async () => {
    const source = await newDatabase(cluster);
    const tables = Object.keys(await contentOf(source));
    const { output, bytes } = collector();
    await query(source, 'CREATE TABLE not_synaps (id int)');
    await writeBackup({
      url: source,
      migrationsFolder: repositoryMigrations,
      output,
      product,
      now: new Date(),
    });
    const { manifest } = await readArchive(Readable.from([bytes()]));
    expect(manifest.tables.map(({ name }) => name).sort()).toEqual(tables.sort());
  });

  it('is one snapshot while others write: what one transaction wrote is there whole or not at all', async () => {
    const source = await newDatabase(cluster);
    await fill(source, 200);
    const writer = new pg.Client({ connectionString: source });
    await writer.connect();
    let writing = true;
    let transactions = 0;
    const work = (async () => {
      for (; writing; transactions += 1) {
        await writer.query(`WITH d AS (INSERT INTO dashboards (id, owner_id, name)
            SELECT uuidv7(), id, 'pair' FROM users LIMIT 1 RETURNING id)
          INSERT INTO events (id, source, type, payload, occurred_at, subject) SELECT uuidv7(), 'system', 'pair', '{}', now(), id FROM d`);
      }
    })();
    for (let round = 0; round < 3; round += 1) {
      const before = transactions;
      let during = 0;
      const archive = await backUp(source, {
        onTable: () => {
          during = transactions;
        },
      });
      const target = await newDatabase(cluster, []);
      await restore(target, archive);
      const odd = await query(
        target,
        `SELECT d.id FROM (SELECT id FROM dashboards WHERE name = 'pair') d
         FULL JOIN (SELECT subject::uuid AS id FROM events WHERE type = 'pair') e USING (id) WHERE d.id IS NULL OR e.id IS NULL`,
      );
      expect(odd).toEqual([]);
      expect(during).toBeGreaterThanOrEqual(before);
    }
    writing = false;
    await work;
    expect(transactions).toBeGreaterThan(0);
    await writer.end();
  });

  it('waits for no writer and holds up none', async () => {
    const source = await newDatabase(cluster);
    await fill(source);
    const other = new pg.Client({ connectionString: source });
    await other.connect();
    await other.query('BEGIN');
    await other.query(`UPDATE users SET name = 'changed'`);
    const archive = await backUp(source, {
      onTable: (name) =>
        name === 'users' &&
        void other.query(
          `INSERT INTO module_entries (module_id, key, value) VALUES ('a', 'b', '1')`,
        ),
    });
    await other.query('COMMIT');
    await other.end();
    const target = await newDatabase(cluster, []);
    await restore(target, archive);
    expect(
      await query(target, `SELECT count(*)::int AS count FROM users WHERE name = 'changed'`),
    ).toEqual([{ count: 0 }]);
    expect(await query(target, 'SELECT * FROM module_entries')).toEqual([]);
  });

  it('is refused on a database without migrations, or with those of a newer version', async () => {
    await expect(backUp(await newDatabase(cluster, []))).rejects.toThrow('not migrated');
    const newer = await newDatabase(cluster);
    await query(
      newer,
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('x', '', '20990101000000_later', now())`,
    );
    await expect(backUp(newer)).rejects.toThrow('20990101000000_later');
  });

  it('that is given up leaves no connection behind', async () => {
    const source = await newDatabase(cluster);
    await fill(source, 2000);
    const abort = new AbortController();
    await expect(
      backUp(source, { signal: abort.signal, onTable: () => abort.abort() }),
    ).rejects.toThrow();
    const client = new pg.Client({ connectionString: source });
    await client.connect();
    for (;;) {
      const { rows } = await client.query(
        `SELECT 1 FROM pg_stat_activity WHERE application_name = 'synap backup' AND datname = current_database()`,
      );
      if (rows.length === 0) break;
    }
    await client.end();
  });
});

describe('restore', () => {
  let archive: Buffer;
  let source: string;
  beforeAll(async () => {
    source = await newDatabase(cluster);
    await fill(source);
    archive = await backUp(source);
  });

  const isEmpty = async (url: string) =>
    Object.values(await contentOf(url)).every((rows) => rows.length === 0);

  it('refuses an archive that was cut at any place, and leaves nothing in the database', async () => {
    const target = await newDatabase(cluster, []);
    const cuts = [
      0,
      1,
      9,
      10,
      100,
      511,
      700,
      archive.length - 1,
      archive.length - 57,
      archive.length - 58,
      archive.length - 59,
    ];
    for (let at = 1000; at < archive.length; at += Math.ceil(archive.length / 12)) cuts.push(at);
    for (const cut of cuts)
      await expect(restore(target, archive.subarray(0, cut)), `cut at ${cut}`).rejects.toThrow(
        'truncated or altered',
      );
    expect(
      await query(
        target,
        `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace`,
      ),
    ).toEqual([]);
    expect(
      await query(
        target,
        `SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace`,
      ),
    ).toEqual([]);
    expect(
      await query(
        target,
        `SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace`,
      ),
    ).toEqual([]);
  });

  it('refuses an archive in which any one bit differs, or that has more bytes', async () => {
    const read = (bytes: Buffer) => readArchive(Readable.from([bytes]));
    await read(archive);
    for (let at = 0; at < archive.length; at += at < 64 || at > archive.length - 80 ? 1 : 37) {
      const altered = Buffer.from(archive);
      altered[at] = (altered[at] ?? 0) ^ (1 << (at % 8));
      await expect(read(altered), `byte ${at}`).rejects.toThrow();
    }
    await expect(read(Buffer.concat([archive, Buffer.from([0])]))).rejects.toThrow('altered');
    await expect(read(Buffer.concat([archive, archive]))).rejects.toThrow('altered');
    const target = await newDatabase(cluster, []);
    const altered = Buffer.from(archive);
    const last = archive.length - 20;
    altered[last] = (altered[last] ?? 0) ^ 1;
    await expect(restore(target, altered)).rejects.toThrow('altered');
    expect(await isEmpty(target)).toBe(true);
  });

  it('takes back schema and rows when only the end of a long archive shows that it was altered', async () => {
    const long = await newDatabase(cluster);
    await fill(long);
    await query(
      long,
      `INSERT INTO module_entries (module_id, key, value)
       SELECT 'm', n::text, to_jsonb(md5(n::text) || md5((-n)::text)) FROM generate_series(1, 30000) n`,
    );
    const altered = await backUp(long);
    const last = altered.length - 20;
    altered[last] = (altered[last] ?? 0) ^ 1;
    const target = await newDatabase(cluster, []);
    const loaded: string[] = [];
    const pieces = Array.from({ length: Math.ceil(altered.length / 4096) }, (_, index) =>
      altered.subarray(index * 4096, (index + 1) * 4096),
    );
    const restoring = restoreBackup({
      url: target,
      migrationsFolder: repositoryMigrations,
      archive: Readable.from(pieces),
      product,
      log: (line) => void loaded.push(line),
    });
    await expect(restoring).rejects.toThrow('altered');
    expect(loaded).toContain('Loading events …');
    expect(
      await query(
        target,
        `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace`,
      ),
    ).toEqual([]);
  });

  it('marks the database until it is complete, so that a killed one is noticed, and can then be run again', async () => {
    const target = await newDatabase(cluster, []);
    const isMarked = async () => {
      const pool = createPool({ url: target, size: 1 });
      return hasUnfinishedRestore(pool, target).finally(() => pool.end());
    };
    const options = { url: target, migrationsFolder: repositoryMigrations, product };
    let marked: boolean | undefined;
    const killed = restoreBackup({
      ...options,
      archive: Readable.from([archive]),
      async beforeCommit() {
        marked = await isMarked();
        throw new Error('given up');
      },
    });
    await expect(killed).rejects.toThrow('given up');
    expect([marked, await isMarked()]).toEqual([true, false]);
    // The state that a killed process leaves.
    await migrateDeploy(target, repositoryMigrations);
    await query(target, 'CREATE SCHEMA synap_restore_public');
    expect(await isMarked()).toBe(true);
    await expect(backUp(target)).rejects.toThrow('run "synap restore" again');
    await restore(target, archive);
    expect(await isMarked()).toBe(false);
    expect(await contentOf(target)).toEqual(await contentOf(source));
  });

  it('refuses a database that holds data, and changes nothing there', async () => {
    const before = await contentOf(source);
    await expect(restore(source, archive)).rejects.toThrow(/not empty \(.*users/);
    expect(await contentOf(source)).toEqual(before);
  });

  it('takes an archive of an earlier schema and migrates on', async () => {
    const earlier = allMigrations.slice(0, allMigrations.indexOf('20261125232957_identity_whole'));
    const old = await newDatabase(cluster, earlier);
    await fill(old);
    const oldArchive = await backUp(old);
    // An empty database, an empty one of the current schema, and an outdated one.
    for (const only of [[], allMigrations, allMigrations.slice(0, 1)]) {
      const target = await newDatabase(cluster, only);
      await restore(target, oldArchive);
      const { users, dashboards } = await contentOf(target);
      expect(users).toHaveLength(3);
      expect(dashboards?.map(withoutBytes)).toEqual(
        (await contentOf(old)).dashboards?.map(withoutBytes),
      );
      expect(await query(target, 'SELECT count(*)::int AS count FROM _prisma_migrations')).toEqual([
        { count: allMigrations.length },
      ]);
      // As that migration does with existing rows.
      expect(
        await query(
          target,
          'SELECT count(*)::int AS count FROM users WHERE verified_at = created_at',
        ),
      ).toEqual([{ count: 3 }]);
    }
  });

  it('refuses an archive of a newer schema by name of both versions, before anything is made', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'synap-older-'));
    for (const name of allMigrations.slice(0, -1))
      cpSync(path.join(repositoryMigrations, name), path.join(folder, name), { recursive: true });
    const target = await newDatabase(cluster, []);
    await expect(restore(target, archive, folder)).rejects.toThrow(
      new RegExp(`Synap 1\\.2\\.3 .*${allMigrations.at(-1)}`),
    );
    expect(await contentOf(target)).toEqual({});
    rmSync(folder, { recursive: true });
  });

  it('is not disturbed by tables of somebody else, and touches none', async () => {
    const older = await newDatabase(cluster, allMigrations.slice(0, -1));
    for (const bytes of [archive, await backUp(older)]) {
      const target = await newDatabase(cluster);
      await query(target, 'CREATE TABLE theirs (id int); INSERT INTO theirs VALUES (1)');
      await restore(target, bytes);
      expect(await query(target, 'SELECT * FROM theirs')).toEqual([{ id: 1 }]);
    }
  });
});
