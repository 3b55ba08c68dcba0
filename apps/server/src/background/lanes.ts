import type { MailDelivery, ModuleSync } from '@synap/core';
import type { Logger } from 'pino';
import type { ErrorReports } from '../observability/error-reports.js';
import { backupJob, type ScheduledBackup } from './jobs/backup.js';
import { dueWorkJob } from './jobs/due-work.js';
import { mailJob } from './jobs/mail.js';
import { moduleSyncJob } from './jobs/module-sync.js';
import { type Purge, purgeJob } from './jobs/purge.js';
import type { Lane } from './lane.js';

export interface LanesDeps {
  sync: ModuleSync;
  /** Concurrent sync jobs. With one per module, a module that hangs delays no other. */
  syncConcurrency: number;
  mail: MailDelivery;
  purges: readonly Purge[];
  /** Scheduled backups, if there are any. */
  backup?: ScheduledBackup | undefined;
  log: Logger;
  errors: ErrorReports;
}

/** Lists all background jobs. Each kind has a separate lane, so that it does not wait for another. */
export function createLanes(deps: LanesDeps): Lane[] {
  const { sync, mail, backup } = deps;
  const queueDueWork = async () => {
    await sync.schedule(new Date());
    await mail.requeueStalled();
  };
  return [
    { concurrency: 4, jobs: [mailJob(mail)] },
    {
      // One slot each: a purge that takes hours must not delay the schedule.
      concurrency: 2,
      jobs: [dueWorkJob(queueDueWork), purgeJob(deps.purges)],
      onStarted: queueDueWork,
    },
    { concurrency: deps.syncConcurrency, jobs: [moduleSyncJob(deps)] },
    // An instance without BACKUP_DIR must leave the job to those that have it.
    ...(backup ? [{ concurrency: 1, jobs: [backupJob(backup)] }] : []),
  ];
}
