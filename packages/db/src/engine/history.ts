import type pg from 'pg';
import { createMigrationPool } from './adapter.js';
import { migrationNames } from './migrations-folder.js';

/** Migrations of a database compared with those of a folder. */
export interface MigrationHistory {
  applied: string[];
  failed: string[];
  /** Only in the folder. */
  pending: string[];
  /** Applied, but not in the folder: a newer version of Synap applied them. */
  unknown: string[];
}

interface RecordedMigration {
  name: string;
  finished: boolean;
}

/** Reads the recorded migrations in order; empty for a database without a schema. */
export async function recordedMigrations(
  client: pg.Pool | pg.ClientBase,
): Promise<RecordedMigration[]> {
  const existsQuery = `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS exists`;
  const { rows: found } = await client.query<{ exists: boolean }>(existsQuery);
  if (!found[0]?.exists) return [];
  const { rows } = await client.query<RecordedMigration>(
    `SELECT migration_name AS name, finished_at IS NOT NULL AS finished
     FROM _prisma_migrations
     WHERE rolled_back_at IS NULL
     ORDER BY migration_name`,
  );
  return rows;
}

/** Compares the database with the folder. Changes nothing. */
export async function migrationHistory(url: string, folder: string): Promise<MigrationHistory> {
  const pool = createMigrationPool(url);
  try {
    const rows = await recordedMigrations(pool);
    const applied = rows.filter(({ finished }) => finished).map(({ name }) => name);
    const failed = rows.filter(({ finished }) => !finished).map(({ name }) => name);
    const known = migrationNames(folder);
    return {
      applied,
      failed,
      pending: known.filter((name) => !applied.includes(name) && !failed.includes(name)),
      unknown: applied.filter((name) => !known.includes(name)),
    };
  } finally {
    await pool.end();
  }
}
