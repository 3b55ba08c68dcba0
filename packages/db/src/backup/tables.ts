import { readFileSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { recordedMigrations } from '../engine/history.js';
import { migrationNames } from '../engine/migrations-folder.js';
import { BackupError } from './backup-error.js';
import type { Table } from './manifest.js';

/** Tables that a backup omits. The migrations write `_prisma_migrations` again. */
const omittedTables = new Set(['_prisma_migrations', 'rate_limits']);

/**
 * Names of tables, types and functions that the migrations create. Other objects in the schema are
 * not Synap's.
 */
export interface OwnNames {
  tables: Set<string>;
  types: Set<string>;
  functions: Set<string>;
}

function namesAfter(sql: string, pattern: RegExp): string[] {
  return [...sql.matchAll(pattern)].flatMap(([, name]) => name ?? []);
}

export function ownNames(folder: string): OwnNames {
  const names: OwnNames = {
    tables: new Set(['_prisma_migrations']),
    types: new Set(),
    functions: new Set(),
  };
  for (const migration of migrationNames(folder)) {
    const sql = readFileSync(path.join(folder, migration, 'migration.sql'), 'utf8');
    for (const name of namesAfter(sql, /CREATE TABLE (?:IF NOT EXISTS )?"?(\w+)/gi))
      names.tables.add(name);
    for (const name of namesAfter(sql, /RENAME TO "?(\w+)/gi))
      for (const set of [names.tables, names.types]) set.add(name);
    for (const name of namesAfter(sql, /CREATE TYPE "?(\w+)/gi)) names.types.add(name);
    for (const name of namesAfter(sql, /CREATE (?:OR REPLACE )?FUNCTION "?(\w+)/gi))
      names.functions.add(name);
  }
  return names;
}

export const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Schema of Synap's tables: that of `_prisma_migrations`, or the first one of the search path. */
const schemaOid = `coalesce(
  (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('_prisma_migrations')),
  (SELECT oid FROM pg_namespace WHERE nspname = current_schema()))`;

/** Lists applied migrations in order; empty for an empty database. Throws if a migration failed. */
export async function appliedMigrations(client: pg.ClientBase): Promise<string[]> {
  const rows = await recordedMigrations(client);
  const failed = rows.filter(({ finished }) => !finished).map(({ name }) => name);
  if (failed.length > 0)
    throw new BackupError(
      `The migration ${failed.join(', ')} failed or is running. Finish it first.`,
    );
  return rows.map(({ name }) => name);
}

/**
 * Lists Synap's data tables with their columns. Each table follows all tables that it references.
 */
export async function dataTables(
  client: pg.ClientBase,
  { tables: own }: OwnNames,
): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `SELECT c.relname::text AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
     FROM pg_class c
     JOIN pg_attribute a
       ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     WHERE c.relnamespace = ${schemaOid} AND c.relkind = 'r'
     GROUP BY 1
     ORDER BY 1`,
  );
  const tables = rows.filter(({ name }) => own.has(name) && !omittedTables.has(name));
  return sortByReferences(tables, await references(client));
}

/** Maps each table to the tables that it references. */
async function references(client: pg.ClientBase): Promise<Map<string, string[]>> {
  const { rows } = await client.query<{ name: string; others: string[] }>(
    `SELECT c.relname::text AS name, array_agg(DISTINCT r.relname::text) AS others
     FROM pg_constraint k
     JOIN pg_class c ON c.oid = k.conrelid
     JOIN pg_class r ON r.oid = k.confrelid
     WHERE k.contype = 'f' AND k.connamespace = ${schemaOid} AND c.oid <> r.oid
     GROUP BY 1`,
  );
  return new Map(rows.map(({ name, others }) => [name, others]));
}

function sortByReferences(
  tables: readonly Table[],
  referenced: ReadonlyMap<string, string[]>,
): Table[] {
  const left = new Map(tables.map((table) => [table.name, table]));
  const order: Table[] = [];
  while (left.size > 0) {
    const next = [...left.values()].find(
      ({ name }) => !(referenced.get(name) ?? []).some((other) => left.has(other)),
    );
    if (!next)
      throw new BackupError(`Tables have circular references: ${[...left.keys()].join(', ')}`);
    order.push(next);
    left.delete(next.name);
  }
  return order;
}

/**
 * Makes COPY write and read the same text, independent of the settings of server, role and pooler.
 */
export async function setTransferFormat(client: pg.ClientBase): Promise<void> {
  const settings = {
    client_encoding: "'UTF8'",
    datestyle: "'ISO, YMD'",
    intervalstyle: "'postgres'",
    timezone: "'UTC'",
    extra_float_digits: '3',
    bytea_output: "'hex'",
    statement_timeout: '0',
    lock_timeout: "'60s'",
    idle_in_transaction_session_timeout: '0',
  };
  // SET takes no snapshot. The snapshot must be taken after the locks.
  await client.query(
    Object.entries(settings)
      .map(([name, value]) => `SET LOCAL ${name} = ${value}`)
      .join('; '),
  );
}
