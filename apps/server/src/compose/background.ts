import { type Core, createModuleSync, createTransaction, uuidv7 } from '@synap/core';
import type { MailTransport } from '@synap/mail';
import { startWorker, type Worker } from '../background/worker.js';
import { scheduledBackup } from '../backup/scheduled.js';
import { purgeRateLimits } from '../http/limits/index.js';
import type { OpenDatabase } from './database.js';
import { createDelivery } from './mail.js';
import type { OpenModules } from './modules.js';
import type { ServerContext } from './server-context.js';

/**
 * Bounds of concurrent sync jobs, by default one per module. A job mostly waits for its module's
 * process and needs few resources here.
 */
const minSyncConcurrency = 4;
const maxSyncConcurrency = 32;

export interface Background {
  /** Starts the worker, unless this process only serves requests. */
  start(): void;
  close(): Promise<void>;
}

interface BackgroundDeps {
  database: OpenDatabase;
  mailTransport: MailTransport;
  modules: OpenModules;
  core: Core;
}

/** Prepares the background jobs; they need a migrated database to start. */
export function createBackground(
  { environment, secrets, secretBox, heartbeat, log, errors }: ServerContext,
  { database: opened, mailTransport, modules, core }: BackgroundDeps,
): Background {
  const { database, directUrl: url, repositories } = opened;
  const sync = createModuleSync({
    runs: repositories.runs,
    transaction: createTransaction(database),
    registry: modules.registry,
    store: modules.store,
    newId: () => uuidv7(),
    onSynced: (moduleId) => modules.widgetCache.expire(moduleId),
  });
  const mail = createDelivery({
    mails: repositories.mails,
    box: secretBox,
    transport: mailTransport,
    compose: core.composeMail,
    log,
    errors,
  });
  let worker: Worker | undefined;
  return {
    start() {
      if (environment.role === 'server') return;
      worker = startWorker({
        url,
        sync,
        syncConcurrency: Math.min(Math.max(minSyncConcurrency, modules.count), maxSyncConcurrency),
        mail,
        purges: [
          ...core.purges,
          modules.store.purge,
          core.idempotency.purge,
          () => purgeRateLimits(database.pool),
        ],
        backup: scheduledBackup({ environment, url, secrets, log }),
        heartbeat,
        log,
        errors,
      });
    },
    close: async () => worker?.close(),
  };
}
