import type { Readable } from 'node:stream';
import type pg from 'pg';
import { migrateDeploy } from '../engine/migrate.js';
import { acquireMigrationLock } from '../engine/migration-lock.js';
import { createLoader, type LoadOptions } from './archive-loader.js';
import { createBackupPool } from './backup-pool.js';
import type { Manifest } from './manifest.js';
import { type ReadArchive, readArchive } from './read-archive.js';
import { unmarkRestore } from './restore-mark.js';
import { type OwnNames, ownNames } from './tables.js';
import { assertEmpty, dropOwnSchema } from './target.js';

export interface RestoreBackupOptions extends LoadOptions {
  archive: Readable;
  /** Called when all data are loaded and verified, before the commit. */
  beforeCommit?: (manifest: Manifest) => Promise<void>;
}

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
  const pool = createBackupPool({ url, applicationName: 'synap restore', size: 2 });
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
