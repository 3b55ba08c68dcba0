import {
  createDatabase,
  type Database,
  type EnsuredDatabase,
  ensureDatabase,
  hasEmbeddedDatabase,
  hasUnfinishedRestore,
  isTransactionPooler,
  toDatabaseFault,
  unfinishedRestore,
} from '@synap/db';
import type { Environment } from '../config/env.js';
import { poolerAdvice } from '../startup/database-bootstrap.js';

interface BorrowOptions {
  /** True to create a missing embedded database. */
  create?: boolean;
  log?: (line: string) => void;
}

/**
 * Opens the operator's database past its pooler, or the embedded one, even while a server uses it.
 * Throws behind a transaction-mode pooler: session settings of a command, such as lifted time-outs,
 * would leak to the server.
 */
export async function borrowDatabase(
  { dataDir, database: { url, directUrl: databaseUrl } }: Environment,
  { create = false, log }: BorrowOptions = {},
): Promise<EnsuredDatabase> {
  // Settings that differ from the server's must not create a second, empty database.
  if (databaseUrl === undefined && !create && !hasEmbeddedDatabase(dataDir))
    throw new Error(
      `There is no database in the data folder ${dataDir}: run this with the settings of the server.`,
    );
  if (databaseUrl !== undefined && (await isTransactionPooler(databaseUrl)))
    throw new Error(poolerAdvice(url === databaseUrl));
  return ensureDatabase({ dataDir, databaseUrl, log });
}

/**
 * Runs a command on the database. Throws an instruction if the database is not migrated or a
 * restore is incomplete.
 */
export async function useDatabase<T>(
  environment: Environment,
  applicationName: string,
  use: (database: Database) => Promise<T>,
): Promise<T> {
  const { url, release } = await borrowDatabase(environment);
  const database = createDatabase({ url, applicationName, idleInTransactionMilliseconds: 0 });
  try {
    if (await hasUnfinishedRestore(database.pool, url)) throw new Error(unfinishedRestore);
    return await use(database);
  } catch (error) {
    if (toDatabaseFault(error)?.kind !== 'not-migrated') throw error;
    throw new Error('The database is not migrated: run "npx prisma migrate deploy"', {
      cause: error,
    });
  } finally {
    await database.close();
    await release();
  }
}
