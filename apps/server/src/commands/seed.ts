import { createDatabase, ensureDatabase, readSeed, seedDatabase, toDatabaseFault } from '@synap/db';
import { createPasswordHasher } from '@synap/security';
import { parseEnvironment } from '../env.js';
import { seedFile } from '../paths.js';

/** Adds the development data of prisma/seed.yaml to the operator's database or the embedded one; what is there stays as it is. */
export async function seed(variables: NodeJS.ProcessEnv): Promise<number> {
  const { dataDir, database: given, environment } = parseEnvironment(variables);
  const data = await readSeed(seedFile);
  const { url, release } = await ensureDatabase({ dataDir, databaseUrl: given.url });
  const database = createDatabase({ url, applicationName: 'synap seed', idleInTransactionMilliseconds: 0 });
  try {
    const added = await seedDatabase(data, { database, hash: createPasswordHasher().hash, environment });
    console.log(`Added ${added.users} user(s) and ${added.dashboards} dashboard(s); what was there already is unchanged.`);
    return 0;
  } catch (error) {
    if (toDatabaseFault(error)?.kind !== 'not-migrated') throw error;
    throw new Error('The database is not migrated: run "npx prisma migrate deploy"', { cause: error });
  } finally {
    await database.close();
    await release();
  }
}
