import { createRepositories, type Repositories } from '@synap/core';
import { createDatabase, type Database, startEmbeddedPostgres } from '@synap/db';
import type { Metrics } from '../observability/metrics.js';
import { createDatabaseReadiness, type DatabaseReadiness } from '../startup/database-readiness.js';
import type { ServerContext } from './server-context.js';

export interface OpenDatabase {
  url: string;
  /** Address with exclusive sessions, for work that spans statements or transactions. */
  directUrl: string;
  database: Database;
  repositories: Repositories;
  readiness: DatabaseReadiness;
  /** Closes the pool, then the embedded PostgreSQL, if any. */
  close(): Promise<void>;
}

/** Opens the operator's database, or the embedded one of the data folder. */
export async function openDatabase(
  { environment, log, print }: Pick<ServerContext, 'environment' | 'log' | 'print'>,
  { metrics }: { metrics: Pick<Metrics, 'observeBatch'> },
): Promise<OpenDatabase> {
  const { dataDir } = environment;
  const { url, directUrl, pooler, poolSize } = environment.database;
  const embedded = url
    ? undefined
    : await startEmbeddedPostgres({
        dataDir,
        log: print,
        onDown: () => log.error('the embedded PostgreSQL stopped and is restarted'),
        onUp: () => log.warn('the embedded PostgreSQL is available again'),
      });
  const address = url ?? embedded?.url ?? '';
  let closing = false;
  const database = createDatabase({
    url: address,
    pooler,
    size: poolSize,
    onBatch: metrics.observeBatch,
    onError: (error) => closing || log.warn({ err: error }, 'a database connection broke'),
  });
  return {
    url: address,
    directUrl: directUrl ?? address,
    database,
    repositories: createRepositories(database.db, database.sql),
    readiness: createDatabaseReadiness(database),
    async close() {
      closing = true;
      await database.close();
      await embedded?.stop();
    },
  };
}
