import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { MAIL_TASK, type MailDelivery, type ModuleSync, SYNC_TASK } from '@synap/core';
import { createPool } from '@synap/db';
import {
  Logger as GraphileLogger,
  parseCronItems,
  type Runner,
  type RunnerOptions,
  run,
  type TaskList,
  type WorkerEvents,
} from 'graphile-worker';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { ErrorReports } from './error-reports.js';
import { scrubText } from './scrub.js';

const SCHEDULE_TASK = 'module-schedule';
const PURGE_TASK = 'purge';
const BACKUP_TASK = 'backup';
const loggedJobSchema = z.object({ id: z.string(), task_identifier: z.string(), attempts: z.number() });
const mailJobSchema = z.object({ mailId: z.uuid() });
const syncJobSchema = z.object({ runId: z.uuid() });

/** Milliseconds before a runner that gave up (the database was away for long) is started again. */
const restartDelay = 2000;
/** Milliseconds that running jobs get to finish when the worker ends. */
const patience = 10_000;

/** Milliseconds that a mail on its way gets when the worker ends; less than the job queue waits before it gives up on jobs. */
const mailPatience = 2000;

export interface WorkerDeps {
  url: string;
  sync: ModuleSync;
  mail: MailDelivery;
  /** Each forgets what is over of one kind; one that fails keeps none of the others. */
  purges: readonly (() => Promise<void>)[];
  /** Scheduled backups, if there are any. */
  backup?: WorkerBackup | undefined;
  log: Logger;
  errors: ErrorReports;
}

interface WorkerBackup {
  /** Cron expression, in UTC. */
  schedule: string;
  run: (signal: AbortSignal) => Promise<void>;
}

export interface Worker {
  /** Takes no further job, gives those that run 10 s, then aborts them; they are tried again by whoever works next. */
  close(): Promise<void>;
}

/** Works in the background until closed: sync jobs, each minute a look at what is due, each hour a purge. */
export function startWorker({ url, sync, mail, purges, backup, log, errors }: WorkerDeps): Worker {
  const unlimited = { acquireMilliseconds: 0, statementMilliseconds: 0, lockMilliseconds: 0, idleInTransactionMilliseconds: 0 };
  const pool = createPool({
    url,
    applicationName: 'synap worker',
    size: 5,
    ...unlimited,
    onError: (error) => log.warn({ err: error }, 'a connection of the worker broke'),
  });
  const aborting = new AbortController();
  const closing = new AbortController();
  let runner: Runner | undefined;

  const taskList: TaskList = {
    async [SYNC_TASK](payload, { job }) {
      const { runId } = syncJobSchema.parse(payload);
      await sync.perform(runId, { lastAttempt: job.attempts >= job.max_attempts, signal: aborting.signal });
    },
    async [MAIL_TASK](payload, { job }) {
      const { mailId } = mailJobSchema.parse(payload);
      const sending = mail.deliver(mailId, { lastAttempt: job.attempts >= job.max_attempts });
      // A mail server that is silent must not hold up the end: the mail waits for whoever works next.
      await unlessEnding(sending, closing.signal);
    },
    async [SCHEDULE_TASK]() {
      await sync.schedule(new Date());
      await mail.requeueStalled();
    },
    async [PURGE_TASK]() {
      const results = await Promise.allSettled(purges.map((purge) => purge()));
      const faults = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      if (faults.length > 0) throw new AggregateError(faults, 'Not everything that is over could be purged');
    },
    // An instance without a folder must leave the job to those that have one.
    ...(backup && { [BACKUP_TASK]: () => backup.run(aborting.signal) }),
  };
  const events: WorkerEvents = new EventEmitter();
  // After the last attempt; what fails before is tried again.
  events.on('job:failed', ({ job, error }) => errors.report(error, { kind: 'job', task: job.task_identifier }));
  const options: RunnerOptions = {
    ...{ pgPool: pool, taskList, events, concurrency: 4, noHandleSignals: true, pollInterval: 2000, logger: loggerFor(log) },
    parsedCronItems: parseCronItems([
      { task: SCHEDULE_TASK, match: '* * * * *', options: { jobKey: SCHEDULE_TASK, maxAttempts: 1 } },
      { task: PURGE_TASK, match: '0 * * * *', options: { jobKey: PURGE_TASK, maxAttempts: 1 } },
      ...(backup ? [{ task: BACKUP_TASK, match: backup.schedule, options: { jobKey: BACKUP_TASK, maxAttempts: 3 } }] : []),
    ]),
    // In batches, even of one, the library retries to note the end of a job; else a database that is away rejects where nobody listens.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
  };

  async function work(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        runner = await run(options);
        if (closing.signal.aborted) return await runner.stop();
        await sync.schedule(new Date());
        await mail.requeueStalled();
        await runner.promise;
      } catch (error) {
        log.warn({ err: error }, 'the worker stopped and is started again');
        await runner?.stop().catch(() => undefined);
      }
      await delay(restartDelay, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }
  const working = work();

  return {
    async close() {
      closing.abort();
      const timer = setTimeout(() => aborting.abort(), patience);
      await runner?.stop().catch(() => undefined);
      await working;
      clearTimeout(timer);
      await pool.end();
    },
  };
}

/** What the work gives; rejects when the signal fires first, after what is nearly done had a moment to be done. */
async function unlessEnding<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const done = new AbortController();
  const ending = new Promise<never>((_, reject) => {
    const give = () => void setTimeout(() => reject(new Error('The worker ends')), mailPatience);
    if (signal.aborted) give();
    // Taken back when the work is done: the signal lives as long as the worker.
    else signal.addEventListener('abort', give, { once: true, signal: done.signal });
  });
  try {
    return await Promise.race([work, ending]);
  } finally {
    done.abort();
  }
}

function loggerFor(log: Logger): GraphileLogger {
  return new GraphileLogger(() => (level, message, meta) => {
    if (level !== 'error') return log.debug(message);
    // The message quotes the error, and so does the job's row, of what failed before.
    const { job, ...rest } = meta ?? {};
    log.error({ ...rest, job: loggedJobSchema.safeParse(job).data }, scrubText(message));
  });
}
