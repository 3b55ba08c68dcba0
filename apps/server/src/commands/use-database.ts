import {
  createDatabase,
  type Database,
  type EnsuredDatabase,
  ensureDatabase,
  hasUnfinishedRestore,
  isTransactionPooler,
  toDatabaseFault,
  unfinishedRestore,
} from '@synap/db';
import { poolerAdvice } from '../bring-up.js';
import type { Environment } from '../env.js';

/**
 * The operator's database past its pooler, or the embedded one, also while a server runs on it. Throws behind a pooler that works by the
 * transaction: there a command would leave its settings, such as lifted time-outs, to the server.
 */
export async function borrowDatabase(
  { dataDir, database: { url, directUrl: databaseUrl } }: Environment,
  log?: (line: string) => void,
): Promise<EnsuredDatabase> {
  if (databaseUrl !== undefined && (await isTransactionPooler(databaseUrl))) throw new Error(poolerAdvice(url === databaseUrl));
  return ensureDatabase({ dataDir, databaseUrl, log });
}

/** Lends a command the database. Throws what to do if it is not migrated, or a restore was broken off. */
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
    throw new Error('The database is not migrated: run "npx prisma migrate deploy"', { cause: error });
  } finally {
    await database.close();
    await release();
  }
}
