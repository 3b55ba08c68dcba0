import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { createPool } from '../client/pool.js';
import { migrateDeploy } from '../engine/migrate.js';
import { acquireMigrationLock } from '../engine/migration-lock.js';
import { migrationNames } from '../engine/migrations-folder.js';
import { messageOf } from '../thrown.js';
import { BackupError, damagedError } from './backup-error.js';
import { type Checksums, type Manifest, type Table, tablesFolder } from './manifest.js';
import {
  type ArchiveVisitor,
  assertKnownMigrations,
  type ReadArchive,
  readArchive,
} from './read-archive.js';
import { markRestore, unmarkRestore } from './restore-mark.js';
import { dataTables, type OwnNames, ownNames, quoted, setTransferFormat } from './tables.js';
import { assertEmpty, dropOwnSchema, removeNewerSchema, requireRestorable } from './target.js';

export interface RestoreBackupOptions {
  url: string;
  migrationsFolder: string;
  archive: Readable;
  /** Version of Synap. */
  product: string;
  /** Verifies secrets and checksums of the archive. If it throws, the archive is rejected. */
  visitor?: Pick<ArchiveVisitor, 'secrets' | 'checksums'>;
  /** Called when all data are loaded and verified, before the commit. */
  beforeCommit?: (manifest: Manifest) => Promise<void>;
  log?: (line: string) => void;
}

const unlimited = {
  acquireMilliseconds: 0,
  statementMilliseconds: 0,
  lockMilliseconds: 0,
  idleInTransactionMilliseconds: 0,
};

/**
 * Restores an archive into an empty database. Creates the schema of the archive, loads and verifies
 * all data in one transaction, then migrates to this version. If it rejects before the commit, the
 * database stays empty. If it is killed before the commit, `hasUnfinishedRestore` reports it and
 * the restore can be repeated. Servers that start meanwhile wait.
 */
export async function restoreBackup(options: RestoreBackupOptions): Promise<ReadArchive> {
  const { url, migrationsFolder, log = () => {} } = options;
  // The reader handles the error. Without this listener, an earlier error would end the process.
  options.archive.on('error', () => undefined);
  const lock = await acquireMigrationLock(url, log);
  const pool = createPool({ url, applicationName: 'synap restore', size: 2, ...unlimited });
  try {
    const read = await load(pool, options);
    const applied = await migrateDeploy(url, migrationsFolder, { log, hasLock: true });
    if (applied.length === 0) log('The schema of the archive is the current one.');
    await pool.query('ANALYZE').catch(() => undefined);
    return read;
  } finally {
    await pool.end();
    await lock.end();
  }
}

/** Creates the schema and loads the data. Removes the schema again if the data are rejected. */
async function load(pool: pg.Pool, options: RestoreBackupOptions): Promise<ReadArchive> {
  const { log = () => {} } = options;
  const own = ownNames(options.migrationsFolder);
  const client = await pool.connect();
  let isChanged = false;
  try {
    const loader = createLoader(client, own, options, () => {
      isChanged = true;
    });
    const read = await readArchive(options.archive, loader.visitor);
    await loader.finish(read);
    await options.beforeCommit?.(read.manifest);
    await unmarkRestore(client, options.url);
    await client.query('COMMIT');
    isChanged = false;
    return read;
  } finally {
    // Ends an unfinished COPY or transaction.
    client.release(true);
    // A failure here must not hide why the archive was rejected.
    if (isChanged)
      await removeSchema(pool, own, options.url).catch(() =>
        log(`The empty schema of the archive could not be removed.`),
      );
  }
}

async function removeSchema(pool: pg.Pool, own: OwnNames, url: string): Promise<void> {
  const client = await pool.connect();
  try {
    // Waits until the discarded connection releases its locks.
    await client.query('BEGIN');
    await assertEmpty(client, own);
    await dropOwnSchema(client, own);
    await unmarkRestore(client, url);
    await client.query('COMMIT');
  } finally {
    client.release(true);
  }
}

function createLoader(
  client: pg.PoolClient,
  own: OwnNames,
  options: RestoreBackupOptions,
  onChange: () => void,
) {
  const { url, migrationsFolder, product, visitor, log = () => {} } = options;
  let tables: Table[] = [];
  let copy: Copy | undefined;
  const rows = new Map<string, number>();

  async function endTable(): Promise<void> {
    if (copy) rows.set(copy.table, await copy.end());
    copy = undefined;
  }

  async function manifest(found: Manifest): Promise<void> {
    assertKnownMigrations(found, migrationNames(migrationsFolder), product);
    const applied = await requireRestorable(client, own, migrationsFolder);
    onChange();
    await markRestore(client, url);
    await removeNewerSchema(client, own, { applied, wanted: found.migrations });
    await migrateDeploy(url, migrationsFolder, { log, only: found.migrations, hasLock: true });
    await client.query('BEGIN');
    await setTransferFormat(client);
    tables = found.tables;
    const missing = unknownColumns(tables, await dataTables(client, own));
    if (missing.length > 0) throw damagedError(`its schema has no ${missing.join(', ')}`);
    await client.query(
      `LOCK TABLE ${tables.map(({ name }) => quoted(name)).join(', ')} IN SHARE ROW EXCLUSIVE MODE`,
    );
    await assertEmpty(client, own);
  }

  return {
    visitor: {
      manifest,
      ...(visitor?.secrets && { secrets: visitor.secrets }),
      async table(name, part) {
        if (copy?.table !== name) {
          await endTable();
          log(`Loading ${name} …`);
          copy = startCopy(
            client,
            name,
            tables.find((table) => table.name === name)?.columns ?? [],
          );
        }
        await copy.write(part);
      },
      async checksums(checksums) {
        await endTable();
        await visitor?.checksums?.(checksums);
      },
    } satisfies ArchiveVisitor,
    /** Compares the row counts of the database with those of the archive. */
    async finish({ contents }: ReadArchive): Promise<void> {
      await assertCounts(client, tables, contents, rows);
      await advanceSequences(client, tables);
    },
  };
}

function unknownColumns(wanted: readonly Table[], existing: readonly Table[]): string[] {
  const known = new Set(
    existing.flatMap(({ name, columns }) => columns.map((column) => `${name}.${column}`)),
  );
  return wanted
    .flatMap(({ name, columns }) => columns.map((column) => `${name}.${column}`))
    .filter((name) => !known.has(name));
}

interface Copy {
  table: string;
  write(part: Buffer): Promise<void>;
  /** Finishes the COPY and returns the number of rows. */
  end(): Promise<number>;
}

function startCopy(client: pg.PoolClient, table: string, columns: readonly string[]): Copy {
  const stream = client.query(
    copyFrom(`COPY ${quoted(table)} (${columns.map(quoted).join(', ')}) FROM STDIN`),
  );
  const done = finished(stream);
  done.catch(() => undefined);
  const rejection = (error: unknown) =>
    new BackupError(`PostgreSQL does not accept the rows of ${table}: ${messageOf(error)}`, {
      cause: error,
    });
  return {
    table,
    async write(part) {
      const written = new Promise<void>((resolve, reject) => {
        stream.write(part, (error) => (error ? reject(error) : resolve()));
      });
      await Promise.race([written, done]).catch((error: unknown) =>
        Promise.reject(rejection(error)),
      );
    },
    async end() {
      stream.end();
      await done.catch((error: unknown) => Promise.reject(rejection(error)));
      return stream.rowCount;
    },
  };
}

async function assertCounts(
  client: pg.ClientBase,
  tables: readonly Table[],
  contents: Checksums['contents'],
  loaded: ReadonlyMap<string, number>,
): Promise<void> {
  for (const { name } of tables) {
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::float8 AS count FROM ${quoted(name)}`,
    );
    const [stated, found] = [contents[`${tablesFolder}/${name}`]?.rows, rows[0]?.count];
    if (stated !== found || (loaded.get(name) ?? 0) !== found)
      throw damagedError(`${name} has ${found} rows instead of ${stated ?? 'those stated'}`);
  }
}

/** Advances sequences of columns past the largest loaded value. */
async function advanceSequences(client: pg.ClientBase, tables: readonly Table[]): Promise<void> {
  for (const { name, columns } of tables) {
    const { rows } = await client.query<{ column: string; sequence: string }>(
      `SELECT name AS column, sequence
       FROM unnest($2::text[]) AS name, pg_get_serial_sequence($1, name) AS sequence
       WHERE sequence IS NOT NULL`,
      [quoted(name), columns],
    );
    for (const { column, sequence } of rows)
      await client.query(
        `SELECT setval($1, max(${quoted(column)}))
         FROM ${quoted(name)}
         HAVING count(*) > 0`,
        [sequence],
      );
  }
}
