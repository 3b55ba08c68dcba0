import type pg from 'pg';
import { migrationNames } from '../engine/migrations-folder.js';
import { BackupError } from './backup-error.js';
import { appliedMigrations, dataTables, type OwnNames, quoted } from './tables.js';

/** Throws unless all tables of Synap are empty. */
export async function assertEmpty(client: pg.ClientBase, own: OwnNames): Promise<void> {
  const full: string[] = [];
  for (const { name } of await dataTables(client, own)) {
    const { rows } = await client.query<{ full: boolean }>(
      `SELECT EXISTS (SELECT FROM ${quoted(name)}) AS full`,
    );
    if (rows[0]?.full) full.push(name);
  }
  if (full.length === 0) return;
  throw new BackupError(
    `The database is not empty (${full.join(', ')}): a backup can only be restored into an empty installation. Set SYNAP_DATA_DIR to a new folder, or DATABASE_URL to a new database.`,
  );
}

/** Drops tables, types and functions of the migrations. The tables must be empty. */
export async function dropOwnSchema(client: pg.ClientBase, own: OwnNames): Promise<void> {
  const { rows } = await client.query<{ kind: string; name: string; id: string }>(
    `WITH own_schema AS (
       SELECT oid
       FROM pg_namespace
       WHERE oid = coalesce(
         (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('_prisma_migrations')),
         (SELECT oid FROM pg_namespace WHERE nspname = current_schema()))
     )
     SELECT 'TABLE' AS kind, relname::text AS name, oid::regclass::text AS id
     FROM pg_class
     WHERE relkind = 'r' AND relnamespace = (SELECT oid FROM own_schema)
     UNION ALL
     SELECT 'TYPE', typname::text, oid::regtype::text
     FROM pg_type
     WHERE typtype = 'e' AND typnamespace = (SELECT oid FROM own_schema)
     UNION ALL
     SELECT 'FUNCTION', proname::text, oid::regprocedure::text
     FROM pg_proc
     WHERE pronamespace = (SELECT oid FROM own_schema)`,
  );
  const known: Record<string, Set<string>> = {
    TABLE: own.tables,
    TYPE: own.types,
    FUNCTION: own.functions,
  };
  const owned = rows.filter(({ kind, name }) => known[kind]?.has(name));
  for (const { kind, id } of owned) await client.query(`DROP ${kind} IF EXISTS ${id} CASCADE`);
}

/**
 * Returns the applied migrations. Throws if the database holds data or has migrations that this
 * version does not know.
 */
export async function requireRestorable(
  client: pg.ClientBase,
  own: OwnNames,
  folder: string,
): Promise<string[]> {
  const applied = await appliedMigrations(client);
  const unknown = applied.filter((name) => !migrationNames(folder).includes(name));
  if (unknown.length > 0)
    throw new BackupError(
      `A newer version of Synap has migrated the database (${unknown.join(', ')}).`,
    );
  await assertEmpty(client, own);
  return applied;
}

interface Migrations {
  /** Migrations of the database. */
  applied: readonly string[];
  /** Migrations of the archive. */
  wanted: readonly string[];
}

/** Drops an empty schema that is newer than the archive, because migrations cannot be reverted. */
export async function removeNewerSchema(
  client: pg.ClientBase,
  own: OwnNames,
  { applied, wanted }: Migrations,
): Promise<void> {
  if (applied.every((name) => wanted.includes(name))) return;
  // With an empty history, the engine accepts only tables that are not Synap's.
  const tables = new Set([...own.tables].filter((name) => name !== '_prisma_migrations'));
  await dropOwnSchema(client, { tables, types: own.types, functions: own.functions });
  await client.query('DELETE FROM _prisma_migrations');
}
