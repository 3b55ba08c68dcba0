import { createRepositories, type Repositories } from '@synap/core';
import { createDatabase, type Database, startEmbeddedPostgres } from '@synap/db';
import type { Metrics } from '../observability/metrics.js';
import { createDatabaseReadiness, type DatabaseReadiness } from '../startup/database-readiness.js';
import type { CloseStack } from './close-stack.js';
import type { ServerContext } from './server-context.js';

export interface OpenDatabase {
  url: string;
  /** Address with exclusive sessions, for work that spans statements or transactions. */
  directUrl: string;
  database: Database;
  repositories: Repositories;
  readiness: DatabaseReadiness;
}

/** Opens the operator's database, or the embedded one of the data folder. */
export async function openDatabase(
  { environment, log, print }: Pick<ServerContext, 'environment' | 'log' | 'print'>,
  { metrics }: { metrics: Pick<Metrics, 'observeBatch'> },
  stack: CloseStack,
): Promise<OpenDatabase> {
  const { dataDir, database: settings } = environment;
  const { url, directUrl, pooler, poolSize } = settings;
  const embedded = url
    ? undefined
    : await startEmbeddedPostgres({
        dataDir,
        log: print,
        onDown: () => log.error('the embedded PostgreSQL stopped and is restarted'),
        onUp: () => log.warn('the embedded PostgreSQL is available again'),
      });
  if (embedded) stack.add(() => embedded.stop());
  const address = url ?? embedded?.url ?? '';
  let closing = false;
  const database = createDatabase({
    url: address,
    pooler,
    size: poolSize,
    onBatch: metrics.observeBatch,
    onError: (error) => closing || log.warn({ err: error }, 'a database connection broke'),
  });
  stack.add(() => {
    closing = true;
    return database.close();
  });
  return {
    url: address,
    directUrl: directUrl ?? address,
    database,
    repositories: createRepositories(database.db, database.sql),
    readiness: createDatabaseReadiness(database),
  };
}
