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
import { poolerAdvice } from '../database-bootstrap.js';
import type { Environment } from '../env.js';

interface BorrowOptions {
  /** True if an embedded database that does not exist is made. */
  create?: boolean;
  log?: (line: string) => void;
}

/**
 * The operator's database past its pooler, or the embedded one, also while a server runs on it.
 * Throws behind a pooler that works by the transaction: there a command would leave its settings,
 * such as lifted time-outs, to the server.
 */
export async function borrowDatabase(
  { dataDir, database: { url, directUrl: databaseUrl } }: Environment,
  { create = false, log }: BorrowOptions = {},
): Promise<EnsuredDatabase> {
  // Settings that are not the server's must not make a second, empty database.
  if (databaseUrl === undefined && !create && !hasEmbeddedDatabase(dataDir))
    throw new Error(
      `There is no database in the data folder ${dataDir}: run this with the settings of the server.`,
    );
  if (databaseUrl !== undefined && (await isTransactionPooler(databaseUrl)))
    throw new Error(poolerAdvice(url === databaseUrl));
  return ensureDatabase({ dataDir, databaseUrl, log });
}

/**
 * Lends a command the database. Throws what to do if it is not migrated, or a restore was broken
 * off.
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
