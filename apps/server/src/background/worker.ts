import {
  createJobWorkersRepository,
  MAIL_TASK,
  type MailDelivery,
  type ModuleSync,
  SYNC_TASK,
  SyncFailure,
} from '@synap/core';
import { createPool, createSql } from '@synap/db';
import { parseCronItems } from 'graphile-worker';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { ErrorReports } from '../observability/error-reports.js';
import { createHeartbeat, type HeartbeatTimes } from './heartbeat.js';
import { type Lane, openLane } from './lane.js';

const SCHEDULE_TASK = 'module-schedule';
const PURGE_TASK = 'purge';
const BACKUP_TASK = 'backup';
const mailJobSchema = z.object({ mailId: z.uuid() });
const syncJobSchema = z.object({ runId: z.uuid() });

/** Milliseconds that running jobs get to finish at shutdown. */
const jobGraceMs = 10_000;

/**
 * Milliseconds that a mail in progress gets at shutdown; less than the job queue waits before it
 * gives up on jobs.
 */
const mailGraceMs = 2000;

export interface WorkerDeps {
  url: string;
  sync: ModuleSync;
  /** Concurrent sync jobs. With one per module, a module that hangs delays no other. */
  syncConcurrency: number;
  mail: MailDelivery;
  /** Each deletes one kind of expired data. A failure does not stop the others. */
  purges: readonly (() => Promise<void>)[];
  /** Scheduled backups, if there are any. */
  backup?: WorkerBackup | undefined;
  heartbeat?: HeartbeatTimes | undefined;
  log: Logger;
  errors: ErrorReports;
}

interface WorkerBackup {
  /** Cron expression, in UTC. */
  schedule: string;
  run: (signal: AbortSignal) => Promise<void>;
}

export interface Worker {
  /** Takes no further jobs, and aborts running ones after 10 s; other workers retry them. */
  close(): Promise<void>;
}

/**
 * Processes background jobs until closed: mails, sync jobs, due schedules each minute, and purges
 * each hour. Each kind has a separate lane, so that it does not wait for another.
 */
export function startWorker(deps: WorkerDeps): Worker {
  const { url, sync, mail, log, errors } = deps;
  const unlimited = {
    acquireMilliseconds: 0,
    statementMilliseconds: 0,
    lockMilliseconds: 0,
    idleInTransactionMilliseconds: 0,
  };
  const onError = (error: Error) =>
    log.warn({ err: error }, 'a database connection of the worker broke');
  // Each lane listens on one connection; the jobs themselves use other pools.
  const pool = createPool({ url, applicationName: 'synap worker', size: 7, ...unlimited, onError });
  // Separate and with time-outs, so that a busy worker is not taken for dead.
  const heartbeatPool = createPool({ url, applicationName: 'synap heartbeat', size: 1, onError });
  const workers = createJobWorkersRepository(createSql(heartbeatPool));
  const aborting = new AbortController();
  const closing = new AbortController();
  const heartbeat = createHeartbeat({ workers, recover: sync.recover, log, times: deps.heartbeat });
  const laneDeps = { pool, heartbeat, log, errors };
  const runDueWork = async () => {
    await sync.schedule(new Date());
    await mail.requeueStalled();
  };
  const lanes = [
    openLane(mailLane(mail, closing.signal), laneDeps),
    openLane(upkeepLane(runDueWork, [...deps.purges, workers.purge]), laneDeps, runDueWork),
    openLane(syncLane(deps, aborting.signal), laneDeps),
    // An instance without BACKUP_DIR must leave the job to those that have it.
    ...(deps.backup ? [openLane(backupLane(deps.backup, aborting.signal), laneDeps)] : []),
  ];

  return {
    async close() {
      closing.abort();
      const timer = setTimeout(() => aborting.abort(), jobGraceMs);
      await Promise.all(lanes.map((lane) => lane.close()));
      clearTimeout(timer);
      await heartbeat.close();
      await Promise.all([pool.end(), heartbeatPool.end()]);
    },
  };
}

function mailLane(mail: MailDelivery, closing: AbortSignal): Lane {
  return {
    concurrency: 4,
    tasks: {
      async [MAIL_TASK](payload, { job }) {
        const { mailId } = mailJobSchema.parse(payload);
        const sending = mail.deliver(mailId, { lastAttempt: job.attempts >= job.max_attempts });
        // A silent mail server must not delay the shutdown: the next worker sends the mail.
        await raceShutdown(sending, closing);
      },
    },
  };
}

function upkeepLane(runDueWork: () => Promise<void>, purges: WorkerDeps['purges']): Lane {
  const purge = async () => {
    const results = await Promise.allSettled(purges.map((each) => each()));
    const faults = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason] : [],
    );
    if (faults.length > 0)
      throw new AggregateError(faults, 'Some expired data could not be purged');
  };
  const singleAttempt = (task: string) => ({ jobKey: task, maxAttempts: 1 });
  return {
    // One slot each: a purge that takes hours must not delay the schedule.
    concurrency: 2,
    tasks: { [SCHEDULE_TASK]: unlessRunning(runDueWork), [PURGE_TASK]: unlessRunning(purge) },
    cron: parseCronItems([
      { task: SCHEDULE_TASK, match: '* * * * *', options: singleAttempt(SCHEDULE_TASK) },
      { task: PURGE_TASK, match: '0 * * * *', options: singleAttempt(PURGE_TASK) },
    ]),
  };
}

/**
 * Skips a run while the previous one is in progress. A queue of the library would stay locked if a
 * worker presumed dead returns and completes its successor's job.
 */
function unlessRunning(work: () => Promise<void>): () => Promise<void> {
  let running = false;
  return async () => {
    if (running) return;
    running = true;
    await work().finally(() => {
      running = false;
    });
  };
}

function syncLane({ sync, syncConcurrency, log, errors }: WorkerDeps, aborting: AbortSignal): Lane {
  return {
    concurrency: syncConcurrency,
    tasks: {
      async [SYNC_TASK](payload, { job }) {
        const { runId } = syncJobSchema.parse(payload);
        try {
          await sync.perform(runId, {
            lastAttempt: job.attempts >= job.max_attempts,
            signal: aborting,
          });
        } catch (error) {
          if (!(error instanceof SyncFailure && error.final)) throw error;
          log.error({ err: error, runId }, 'a module run failed permanently');
          errors.report(error, { kind: 'job', task: SYNC_TASK });
        }
      },
    },
  };
}

function backupLane({ schedule, run }: WorkerBackup, aborting: AbortSignal): Lane {
  return {
    concurrency: 1,
    tasks: { [BACKUP_TASK]: () => run(aborting) },
    cron: parseCronItems([
      { task: BACKUP_TASK, match: schedule, options: { jobKey: BACKUP_TASK, maxAttempts: 3 } },
    ]),
  };
}

/**
 * Resolves with the work. Rejects `mailGraceMs` after the signal, so that nearly finished work can
 * end.
 */
async function raceShutdown<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const done = new AbortController();
  const ending = new Promise<never>((_, reject) => {
    const rejectSoon = () =>
      void setTimeout(() => reject(new Error('The worker is shutting down')), mailGraceMs);
    if (signal.aborted) rejectSoon();
    // Removed when the work ends, because the signal lives as long as the worker.
    else signal.addEventListener('abort', rejectSoon, { once: true, signal: done.signal });
  });
  try {
    return await Promise.race([work, ending]);
  } finally {
    done.abort();
  }
}
