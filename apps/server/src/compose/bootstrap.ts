import type { Core } from '@synap/core';
import { bootstrapAdmin } from '../startup/bootstrap-admin.js';
import { createDatabaseBootstrap, type DatabaseBootstrap } from '../startup/database-bootstrap.js';
import type { Background } from './background.js';
import type { OpenDatabase } from './database.js';
import type { OpenModules } from './modules.js';
import type { ServerContext } from './server-context.js';

interface BootstrapDeps {
  database: OpenDatabase;
  core: Pick<Core, 'ensureSuperuser'>;
  modules: Pick<OpenModules, 'settled'>;
  background: Pick<Background, 'start'>;
}

/** Prepares what follows once the database is ready: the superuser, modules and background jobs. */
export function createBootstrap(
  { environment, log, print }: Pick<ServerContext, 'environment' | 'log' | 'print'>,
  { database: opened, core, modules, background }: BootstrapDeps,
): DatabaseBootstrap {
  const { url, directUrl, database, readiness } = opened;
  return createDatabaseBootstrap({
    url,
    directUrl,
    pooler: environment.database.pooler,
    database,
    readiness,
    migrate: environment.migrate,
    log,
    print,
    async onReady(stopping) {
      await bootstrapAdmin(core, environment, print);
      await modules.settled();
      if (!stopping.aborted) background.start();
    },
  });
}
