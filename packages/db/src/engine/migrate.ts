import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type pg from 'pg';
import { sqlStateOf } from '../client/driver-errors.js';
import { createMigrationAdapter, createMigrationPool } from './adapter.js';
import { explainFailure } from './failure.js';
import { acquireMigrationLock } from './migration-lock.js';
import { migrationNames, readMigrations } from './migrations-folder.js';
import { assertMayCreate } from './rights.js';
import { loadEngine, type MigrationList } from './wasm.js';

/** State of a database relative to a folder of migrations. */
export interface MigrationStatus {
  /**
   * `failed` needs manual repair; `pending` needs `prisma migrate deploy`. A database that is ahead
   * of the folder is `current`.
   */
  state: 'current' | 'pending' | 'failed';
  pending: string[];
  failed: string[];
  /** Applied, but not in the folder: a newer version of Synap applied them. */
  unknown: string[];
}

export interface MigrateOptions {
  log?: (message: string) => void;
  /** Applies only these migrations of the folder. @default all */
  only?: readonly string[];
  /** True if the caller already holds the migration lock. @default false */
  hasLock?: boolean;
}

interface Recorded {
  name: string;
  finished: boolean;
}

async function recorded(pool: pg.Pool): Promise<Recorded[]> {
  try {
    const { rows } = await pool.query<Recorded>(
      `SELECT migration_name AS name, finished_at IS NOT NULL AS finished
       FROM _prisma_migrations
       WHERE rolled_back_at IS NULL`,
    );
    return rows;
  } catch (error) {
    if (sqlStateOf(error) === '42P01') return [];
    throw error;
  }
}

/**
 * Compares the database with the folder by one SELECT, on the given pool or on a new connection for
 * an address.
 */
export async function migrationStatus(
  database: string | pg.Pool,
  folder: string,
): Promise<MigrationStatus> {
  if (typeof database === 'string') {
    const pool = createMigrationPool(database);
    return migrationStatus(pool, folder).finally(() => pool.end());
  }
  const rows = await recorded(database);
  const applied = new Set(rows.filter((row) => row.finished).map((row) => row.name));
  const failed = rows.filter((row) => !row.finished).map((row) => row.name);
  const known = migrationNames(folder);
  const pending = known.filter((name) => !applied.has(name) && !failed.includes(name));
  const unknown = [...applied].filter((name) => !known.includes(name)).sort();
  return {
    state: failed.length > 0 ? 'failed' : pending.length > 0 ? 'pending' : 'current',
    pending,
    failed,
    unknown,
  };
}

async function apply(url: string, migrations: MigrationList): Promise<string[]> {
  const { module, guard } = await loadEngine();
  const adapter = createMigrationAdapter(url);
  const factory = bindMigrationAwareSqlAdapterFactory(adapter);
  const input = { migrationsList: migrations, filters: { externalTables: [], externalEnums: [] } };
  try {
    const engine = await guard(() =>
      module.SchemaEngine.new({ datamodels: undefined }, () => undefined, factory),
    );
    const { appliedMigrationNames } = await guard(() => engine.applyMigrations(input));
    engine.free();
    return appliedMigrationNames;
  } catch (error) {
    throw explainFailure(error, adapter.scriptError());
  } finally {
    await adapter.close();
  }
}

/**
 * Applies pending migrations like `prisma migrate deploy` and returns their names. Safe to call
 * from several processes at once: one applies, the others wait and find nothing to do. Rejects with
 * advice if a migration fails or failed earlier.
 */
export async function migrateDeploy(
  url: string,
  folder: string,
  { log = () => {}, only, hasLock = false }: MigrateOptions = {},
): Promise<string[]> {
  const lock = hasLock ? undefined : await acquireMigrationLock(url, log);
  try {
    const status = await migrationStatus(url, folder);
    if (status.state === 'failed') throw new Error(adviceFor(status.failed));
    const pending = status.pending.filter((name) => only?.includes(name) ?? true);
    if (pending.length === 0) return [];
    await assertMayCreate(url);
    log(`Applying ${pending.length} migration(s): ${pending.join(', ')} …`);
    return await apply(url, readMigrations(folder, only));
  } finally {
    await lock?.end();
  }
}

function adviceFor(failed: string[]): string {
  return `The migration ${failed.join(', ')} failed earlier. Fix the leftovers, then run: npx prisma migrate resolve --applied <name> (or --rolled-back <name>), and start again.`;
}
