import { Readable, Writable } from 'node:stream';
import { migrateDeploy } from '../engine/migrate.js';
import { migrationNames } from '../engine/migrations-folder.js';
import { query, repositoryMigrations, type TemporaryCluster } from '../temporary.test.support.js';
import { restoreBackup } from './restore-backup.js';
import { type WriteBackupOptions, writeBackup } from './write-backup.js';

export const product = '1.2.3';
export const allMigrations = migrationNames(repositoryMigrations);
let databases = 0;

/** Creates a database of the cluster with the migrations `only`. */
export async function newDatabase(
  cluster: TemporaryCluster,
  only: readonly string[] = allMigrations,
): Promise<string> {
  databases += 1;
  const url = new URL(cluster.url);
  url.pathname = `/backup_${databases}`;
  await query(cluster.url, `CREATE DATABASE backup_${databases}`);
  if (only.length > 0) await migrateDeploy(url.href, repositoryMigrations, { only });
  return url.href;
}

/** Collects what is written. */
export function collector() {
  const chunks: Buffer[] = [];
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { output, bytes: () => Buffer.concat(chunks) };
}

export async function backUp(
  url: string,
  options: Partial<WriteBackupOptions> = {},
): Promise<Buffer> {
  const { output, bytes } = collector();
  const now = new Date('2026-02-03T04:05:06Z');
  await writeBackup({
    url,
    migrationsFolder: repositoryMigrations,
    output,
    product,
    now,
    ...options,
  });
  return bytes();
}

export const restore = (url: string, archive: Buffer, migrationsFolder = repositoryMigrations) =>
  restoreBackup({ url, migrationsFolder, archive: Readable.from([archive]), product });

/** Reads all rows of all tables as sorted text. */
export async function contentOf(url: string): Promise<Record<string, string[]>> {
  const tables = await query(
    url,
    `SELECT relname AS name
     FROM pg_class
     WHERE relkind = 'r'
       AND relnamespace = 'public'::regnamespace
       AND relname NOT IN ('_prisma_migrations', 'rate_limits')
     ORDER BY 1`,
  );
  const content: Record<string, string[]> = {};
  for (const { name } of tables) {
    const rows = await query(url, `SELECT to_jsonb(t)::text AS row FROM "${name}" t ORDER BY 1`);
    content[String(name)] = rows.map(({ row }) => String(row));
  }
  return content;
}

/** Text that an incorrect format would change. */
export const awkward = `${String.raw`\N \. \\N "quoted" 'single' $$ tab:`}\t newline:\n return:\r 🙂🏳️‍🌈 \u0001 \u2028 e\u0301`;
