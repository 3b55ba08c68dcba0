import { createDatabase, type Database, ensureDatabase, toDatabaseFault } from '@synap/db';
import type { Environment } from '../env.js';

/**
 * Lends a command the operator's database or the embedded one, also while a server runs on it. Throws what to do where the database
 * is not migrated.
 */
export async function useDatabase<T>(
  { dataDir, database: { directUrl: databaseUrl } }: Environment,
  applicationName: string,
  use: (database: Database) => Promise<T>,
): Promise<T> {
  const { url, release } = await ensureDatabase({ dataDir, databaseUrl });
  const database = createDatabase({ url, applicationName, idleInTransactionMilliseconds: 0 });
  try {
    return await use(database);
  } catch (error) {
    if (toDatabaseFault(error)?.kind !== 'not-migrated') throw error;
    throw new Error('The database is not migrated: run "npx prisma migrate deploy"', { cause: error });
  } finally {
    await database.close();
    await release();
  }
}
