import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  createPool,
  hasEmbeddedDatabase,
  hasUnfinishedRestore,
  migrationHistory,
  unfinishedRestore,
} from '@synap/db';
import { newestGood } from '../backup/backup-folder.js';
import { type Environment, parseEnvironment } from '../config/env.js';
import { migrationsFolder } from '../config/paths.js';
import { version } from '../config/version.js';
import { notableStatements } from '../upgrade/statements.js';
import { borrowDatabase } from './use-database.js';

const dayMilliseconds = 86_400_000;

/**
 * `--check` prints how the first start of this version changes the database; it changes nothing
 * itself. Returns 0 if there is nothing to do or a backup of the last 24 hours exists, else 1.
 */
export async function upgrade(variables: NodeJS.ProcessEnv, check: boolean): Promise<number> {
  if (!check) {
    process.stderr.write(
      'Usage: synap upgrade --check   (the upgrade itself is the first start of the new version)\n',
    );
    return 2;
  }
  const environment = parseEnvironment(variables);
  const { dataDir, database } = environment;
  if (database.url === undefined && !hasEmbeddedDatabase(dataDir)) {
    console.log(`There is no database in the data folder ${dataDir}: the next start creates one.`);
    return 0;
  }
  const { url, release } = await borrowDatabase(environment);
  try {
    return await print(environment, url);
  } finally {
    await release();
  }
}

async function print(environment: Environment, url: string): Promise<number> {
  const { applied, failed, pending, unknown } = await migrationHistory(url, migrationsFolder);
  console.log(`Synap       ${version}`);
  console.log(`PostgreSQL  ${await serverVersion(url)}`);
  console.log(`Schema      ${applied.at(-1) ?? 'none: the database is new'}`);
  if (await isHalfRestored(url)) {
    console.log(unfinishedRestore);
    return 1;
  }
  if (unknown.length > 0) {
    console.log(
      `A newer version has migrated this database (${unknown.join(', ')}): install that version, or restore a backup.`,
    );
    return 1;
  }
  if (failed.length > 0) {
    console.log(
      `The migration ${failed.join(', ')} failed earlier: "synap doctor" says what to do.`,
    );
    return 1;
  }
  if (pending.length === 0) {
    console.log('Nothing to migrate: this version can start.');
    return 0;
  }
  console.log(`\n${pending.length} migration(s) will be applied at the next start:`);
  for (const name of pending) describe(name);
  if (applied.length === 0) return 0;
  console.log('');
  return (await hasFreshBackup(environment)) ? 0 : 1;
}

async function inPool<T>(
  url: string,
  use: (pool: ReturnType<typeof createPool>) => Promise<T>,
): Promise<T> {
  const pool = createPool({ url, size: 1, applicationName: 'synap upgrade' });
  return use(pool).finally(() => pool.end());
}

const isHalfRestored = (url: string): Promise<boolean> =>
  inPool(url, (pool) => hasUnfinishedRestore(pool, url));

const serverVersion = (url: string): Promise<string> =>
  inPool(url, async (pool) => {
    const { rows } = await pool.query<{ version: string }>(
      `SELECT current_setting('server_version') AS version`,
    );
    return rows[0]?.version ?? '?';
  });

function describe(name: string): void {
  console.log(`  ${name}`);
  const notable = notableStatements(
    readFileSync(path.join(migrationsFolder, name, 'migration.sql'), 'utf8'),
  );
  for (const { statement, effect } of notable) console.log(`    ${statement}\n      ${effect}`);
}

async function hasFreshBackup({ backup: { dir } }: Environment): Promise<boolean> {
  if (dir === undefined) {
    console.log('BACKUP_DIR is not set, so no backup is known: run "synap backup <file>" first.');
    return false;
  }
  const { backup } = await newestGood(dir).catch(() => ({ backup: null }));
  if (backup && Date.now() - Date.parse(backup.manifest.createdAt) < dayMilliseconds) {
    console.log(`Backup of ${backup.manifest.createdAt}: ${backup.file}`);
    return true;
  }
  console.log(`There is no good backup of the last 24 hours in ${dir}: run "synap backup" first.`);
  return false;
}
