import { createHash, randomUUID } from 'node:crypto';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type pg from 'pg';
import { migrationNames } from '../engine/migrations-folder.js';
import { entriesOf, type Sealing } from './archive-entries.js';
import { BackupError } from './backup-error.js';
import { createBackupPool } from './backup-pool.js';
import {
  checksumsEntry,
  formatVersion,
  type Manifest,
  manifestEntry,
  secretsEntry,
  tablesFolder,
} from './manifest.js';
import { hasUnfinishedRestore, unfinishedRestore } from './restore-mark.js';
import { appliedMigrations, dataTables, ownNames, quoted, setTransferFormat } from './tables.js';
import { toTar } from './tar.js';
import { addTrailer } from './trailer.js';

export interface WriteBackupOptions {
  url: string;
  migrationsFolder: string;
  output: Writable;
  /** Version of Synap. */
  product: string;
  now: Date;
  sealing?: Sealing | undefined;
  onTable?: (name: string, bytes: number) => void;
  signal?: AbortSignal | undefined;
}

/**
 * Writes all data of one consistent snapshot as an archive, in constant memory, while others read
 * and write. Rejects if the database is not migrated, or was migrated by a newer version. The
 * output is complete only when this has resolved.
 */
export async function writeBackup(options: WriteBackupOptions): Promise<Manifest> {
  const { url, output, sealing, onTable = () => {}, signal } = options;
  const pool = createBackupPool({ url, applicationName: 'synap backup', size: 1 });
  try {
    const client = await pool.connect();
    try {
      const manifest = await begin(client, options);
      const entries = entriesOf({ client, manifest, sealing, onTable });
      await pipeline(entries, toTar, createGzip({ level: 6 }), addTrailer, output, { signal });
      await client.query('COMMIT');
      return manifest;
    } finally {
      // An unfinished COPY keeps the connection busy.
      client.release(true);
    }
  } finally {
    await pool.end();
  }
}

/**
 * Opens the snapshot. Locks the tables first against TRUNCATE and ALTER TABLE, which COPY would see
 * despite the snapshot.
 */
async function begin(
  client: pg.PoolClient,
  { url, migrationsFolder, product, now, sealing }: WriteBackupOptions,
): Promise<Manifest> {
  if (await hasUnfinishedRestore(client, url))
    throw new BackupError(`There is nothing to back up. ${unfinishedRestore}.`);
  const own = ownNames(migrationsFolder);
  const installation = await installationOf(client);
  const planned = await describe(client, migrationsFolder, own);
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await setTransferFormat(client);
  await client.query(
    `LOCK TABLE ${planned.tables.map(({ name }) => quoted(name)).join(', ')} IN ACCESS SHARE MODE`,
  );
  const found = await describe(client, migrationsFolder, own);
  if (JSON.stringify(found) !== JSON.stringify(planned))
    throw new BackupError('A migration ran during the backup: run the backup again.');
  const { rows } = await client.query<{ version: string }>(
    `SELECT current_setting('server_version') AS version`,
  );
  return {
    format: 'synap-backup',
    version: formatVersion,
    kinds: {
      [manifestEntry]: 'required',
      [secretsEntry]: 'required',
      [tablesFolder]: 'required',
      [checksumsEntry]: 'required',
    },
    id: randomUUID(),
    createdAt: now.toISOString(),
    product,
    postgres: rows[0]?.version ?? '',
    installation,
    migrations: found.migrations,
    tables: found.tables,
    sealing: sealing?.parameters ?? null,
  };
}

async function describe(client: pg.ClientBase, folder: string, own: ReturnType<typeof ownNames>) {
  const migrations = await appliedMigrations(client);
  const known = migrationNames(folder);
  const unknown = migrations.filter((name) => !known.includes(name));
  if (migrations.length === 0)
    throw new BackupError('The database is not migrated: there is nothing to back up.');
  if (unknown.length > 0) {
    throw new BackupError(
      `A newer version of Synap has migrated the database (${unknown.join(', ')}): make the backup with that version.`,
    );
  }
  return { migrations, tables: await dataTables(client, own) };
}

/** Identifies the installation, because backups of several installations may share a folder. */
async function installationOf(client: pg.ClientBase): Promise<string> {
  const text = `SELECT current_database() || ' ' || current_schema()`;
  const { rows } = await client
    .query<{ id: string }>(`${text} || ' ' || system_identifier AS id FROM pg_control_system()`)
    // Some managed services do not allow this function.
    .catch(() => client.query<{ id: string }>(`${text} AS id`));
  return createHash('sha256')
    .update(rows[0]?.id ?? '')
    .digest('hex')
    .slice(0, 16);
}
