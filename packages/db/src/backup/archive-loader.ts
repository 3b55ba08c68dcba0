import type pg from 'pg';
import { migrateDeploy } from '../engine/migrate.js';
import { migrationNames } from '../engine/migrations-folder.js';
import { damagedError } from './backup-error.js';
import { type Checksums, type Manifest, type Table, tablesFolder } from './manifest.js';
import { type ArchiveVisitor, assertKnownMigrations, type ReadArchive } from './read-archive.js';
import { markRestore } from './restore-mark.js';
import { type Copy, startCopy } from './table-copy.js';
import { dataTables, type OwnNames, quoted, setTransferFormat } from './tables.js';
import { assertEmpty, removeNewerSchema, requireRestorable } from './target.js';

export interface LoadOptions {
  url: string;
  migrationsFolder: string;
  /** Version of Synap. */
  product: string;
  /** Verifies secrets and checksums of the archive. If it throws, the archive is rejected. */
  visitor?: Pick<ArchiveVisitor, 'secrets' | 'checksums'>;
  log?: (line: string) => void;
}

/**
 * Creates a visitor that loads an archive into the database within one transaction, which the
 * caller ends. Calls `onChange` before the first change of the schema.
 */
export function createLoader(
  client: pg.PoolClient,
  own: OwnNames,
  options: LoadOptions,
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
