// `npx prisma db seed`: adds the development data of seed.yaml to the operator's database or to the embedded one.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareCliEnvironment } from '../packages/db/src/engine/environment.js';
import { createDatabase, ensureDatabase, readSeed, seedDatabase, toDatabaseFault } from '../packages/db/src/index.js';
import { createPasswordHasher } from '../packages/security/src/password-hasher.js';

const here = path.dirname(fileURLToPath(import.meta.url));
prepareCliEnvironment(path.dirname(here));
const { DATABASE_URL: databaseUrl, SYNAP_DATA_DIR: dataDir = '.data', SYNAP_ENV: environment } = process.env;

async function main(): Promise<void> {
  const seed = await readSeed(path.join(here, 'seed.yaml'));
  const { url, release } = await ensureDatabase({ dataDir, databaseUrl });
  const database = createDatabase({ url, applicationName: 'synap seed', idleInTransactionMilliseconds: 0 });
  try {
    const added = await seedDatabase(seed, { database, hash: createPasswordHasher().hash, environment });
    console.log(`Added ${added.users} user(s) and ${added.dashboards} dashboard(s); what was there already is unchanged.`);
  } catch (error) {
    if (toDatabaseFault(error)?.kind !== 'not-migrated') throw error;
    throw new Error('The database is not migrated. Run: npx prisma migrate deploy', { cause: error });
  } finally {
    await database.close();
    await release();
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
