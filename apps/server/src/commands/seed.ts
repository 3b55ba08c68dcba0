import { readSeed, seedDatabase } from '@synap/db';
import { createPasswordHasher } from '@synap/security';
import { parseEnvironment } from '../config/env.js';
import { seedFile } from '../config/paths.js';
import { useDatabase } from './use-database.js';

/**
 * Adds the development data of prisma/seed.yaml to the operator's database or the embedded one.
 * Existing rows are unchanged.
 */
export async function seed(variables: NodeJS.ProcessEnv): Promise<number> {
  const environment = parseEnvironment(variables);
  const data = await readSeed(seedFile);
  const added = await useDatabase(environment, 'synap seed', (database) =>
    seedDatabase(data, {
      database,
      hash: createPasswordHasher().hash,
      environment: environment.environment,
    }),
  );
  console.log(
    `Added ${added.users} user(s) and ${added.dashboards} dashboard(s); existing data is unchanged.`,
  );
  return 0;
}
