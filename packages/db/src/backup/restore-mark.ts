import type pg from 'pg';
import { schemaOf } from '../client/connection.js';
import { defaultSchema } from '../client/session.js';
import { quoted } from './tables.js';

/**
 * An empty schema that exists from before a restore changes the database until its commit. Not a
 * table, because the migration engine rejects a schema with a table that it did not create.
 */
const markOf = (url: string): string =>
  `synap_restore_${schemaOf(url) ?? defaultSchema}`.slice(0, 63);

/** Describes the state and the remedy. */
export const unfinishedRestore =
  'A restore into this database is running or was interrupted: run "synap restore" again with the backup, or use another data folder or database to start empty';

/**
 * Does nothing if the role may not create schemas. It can still restore into a migrated database.
 */
export async function markRestore(client: pg.ClientBase, url: string): Promise<void> {
  const { rows } = await client.query<{ may: boolean }>(
    `SELECT has_database_privilege(current_database(), 'CREATE') AND to_regnamespace($1) IS NULL AS may`,
    [quoted(markOf(url))],
  );
  if (rows[0]?.may) await client.query(`CREATE SCHEMA ${quoted(markOf(url))}`);
}

export async function unmarkRestore(client: pg.ClientBase, url: string): Promise<void> {
  await client.query(`DROP SCHEMA IF EXISTS ${quoted(markOf(url))}`);
}

/** True from the first change of a restore until its commit, even if it was killed. */
export async function hasUnfinishedRestore(
  client: pg.Pool | pg.ClientBase,
  url: string,
): Promise<boolean> {
  const { rows } = await client.query<{ marked: boolean }>(
    'SELECT to_regnamespace($1) IS NOT NULL AS marked',
    [quoted(markOf(url))],
  );
  return rows[0]?.marked === true;
}
