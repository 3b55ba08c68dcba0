import path from 'node:path';
import {
  assertMayCreate,
  createDatabase,
  type Database,
  ensureDatabase,
  hasUnfinishedRestore,
  isTransactionPooler,
  listUnclaimedClusters,
  migrationStatus,
  type Pooler,
  SessionSettingsError,
  type UnclaimedCluster,
  unfinishedRestore,
} from '@synap/db';
import type { Environment } from '../config/env.js';
import { migrationsFolder } from '../config/paths.js';
import { databaseReason } from '../observability/database-reason.js';
import { poolerAdvice } from '../startup/database-bootstrap.js';
import { bad, type Finding, fine, messageOf, warn } from './finding.js';

export interface DatabaseFindings {
  findings: Finding[];
  /** True if a server works with this database. */
  isServed: boolean;
}

/** Checks the database as the start will use it. */
export async function checkDatabase({
  dataDir,
  migrate,
  database: settings,
}: Environment): Promise<DatabaseFindings> {
  const { url, directUrl, pooler } = settings;
  const origin = url ? 'DATABASE_URL' : 'embedded';
  try {
    const ensured = await ensureDatabase({ dataDir, databaseUrl: directUrl });
    // Connects as calls do, possibly through a pooler.
    const database = createDatabase({ url: url ?? ensured.url, pooler, size: 1 });
    try {
      const { rows } = await database.pool.query<{ version: string }>(
        `SELECT current_setting('server_version') AS version`,
      );
      const place = ensured.folder === null ? '' : `, in ${ensured.folder}`;
      const findings = [
        fine('database', `${origin}, PostgreSQL ${rows[0]?.version ?? '?'}${place}`),
        ...(await checkPooler(pooler, ensured.url, url)),
        await checkWrites(database),
        ...((await hasUnfinishedRestore(database.pool, ensured.url))
          ? [bad('restore', unfinishedRestore)]
          : []),
        await checkMigrations(ensured.url, migrate),
      ];
      return { findings, isServed: await isServed(database) };
    } finally {
      await database.close();
      await ensured.release();
    }
  } catch (error) {
    const isAdvice = error instanceof SessionSettingsError || !url;
    const advice = isAdvice ? '' : '; check DATABASE_URL and that PostgreSQL runs';
    return {
      findings: [bad('database', `${origin}: ${databaseReason(error)}${advice}`)],
      isServed: false,
    };
  }
}

/** True if a server listens for notifications, or a worker waits for jobs. */
async function isServed({ pool }: Database): Promise<boolean> {
  const { rows } = await pool.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name IN ('synap identity listener', 'synap worker') LIMIT 1`,
  );
  return rows.length > 0;
}

async function checkPooler(
  pooler: Pooler,
  directUrl: string,
  url: string | undefined,
): Promise<Finding[]> {
  if (!url) return [];
  if (await isTransactionPooler(directUrl))
    return [bad('pooler', `it is in transaction mode: ${poolerAdvice(url === directUrl)}`)];
  if (pooler !== 'transaction' && url !== directUrl && (await isTransactionPooler(url)))
    return [
      bad(
        'pooler',
        'DATABASE_URL points to a pooler in transaction mode: set DATABASE_POOLER=transaction',
      ),
    ];
  return [fine('pooler', pooler)];
}

async function checkWrites(database: Database): Promise<Finding> {
  return (await database.isWritable())
    ? fine('writes', 'accepted')
    : bad('writes', 'the server is read-only: DATABASE_URL must point to the primary');
}

function describeUnclaimed({ folder, bytes, dataDir }: UnclaimedCluster): string {
  const [id, size] = [path.basename(folder), `${(bytes / 1e6).toFixed(0)} MB`];
  return (
    `${folder} (${size}) is a database of ${dataDir ?? 'an unknown data folder'}, which does not refer to it. That folder may have moved, or be on a volume that is not mounted. ` +
    `If it is lost, use the database from another folder D: rm -f ${folder}/data/synap-owner.json; mkdir -p D/postgres; echo ${id} > D/postgres/cluster-id. ` +
    `If its data is not needed: rm -r ${folder}`
  );
}

/**
 * Lists databases that no data folder refers to, so that they can be found after a data folder is
 * lost.
 */
export function checkUnclaimed(): Finding[] {
  return listUnclaimedClusters().map((cluster) => fine('unclaimed', describeUnclaimed(cluster)));
}

async function checkMigrations(url: string, migrate: boolean): Promise<Finding> {
  const { state, pending, failed, unknown } = await migrationStatus(url, migrationsFolder);
  if (state === 'failed')
    return bad(
      'migrations',
      `${failed.join(', ')} failed: fix what it left, then run "npx prisma migrate resolve --applied <name>" (or --rolled-back)`,
    );
  if (state === 'pending') {
    const text = `${pending.length} pending (${pending.join(', ')})`;
    if (!migrate)
      return bad(
        'migrations',
        `${text}: run "npx prisma migrate deploy", because SYNAP_MIGRATE is off`,
      );
    const fault = await assertMayCreate(url).catch((error: unknown) => messageOf(error));
    if (fault !== undefined) return bad('migrations', `${text}: ${fault}`);
    return warn(
      'migrations',
      `${text}: the next start applies them, and so does "npx prisma migrate deploy"`,
    );
  }
  if (unknown.length > 0)
    return bad(
      'migrations',
      `this version does not know ${unknown.join(', ')}: a newer Synap ran on this database; run that version or a later one`,
    );
  return fine('migrations', 'all applied');
}
