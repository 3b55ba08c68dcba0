import { createPool, MissingRightError } from '@synap/db';
import { runMigrations } from 'graphile-worker';

/**
 * Migrates the tables of the job queue. They belong to the library and live in their own schema.
 */
export async function migrateJobQueue(url: string): Promise<void> {
  const unlimited = {
    acquireMilliseconds: 10_000,
    statementMilliseconds: 0,
    lockMilliseconds: 0,
    idleInTransactionMilliseconds: 0,
  };
  const pool = createPool({ url, applicationName: 'synap migrations', size: 1, ...unlimited });
  try {
    await runMigrations({ pgPool: pool });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === '42501')) throw error;
    const message = `The database role may not create the tables of the job queue in the schema "graphile_worker" (${error.message}): grant it CREATE on the database for one start, or start once with a role that has it`;
    throw new MissingRightError(message, { cause: error });
  } finally {
    await pool.end();
  }
}
