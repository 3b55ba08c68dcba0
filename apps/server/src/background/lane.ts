import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { createPool } from '@synap/db';
import {
  type CronItem,
  parseCronItems,
  type Runner,
  type RunnerOptions,
  run,
  type Task,
  type WorkerEvents,
} from 'graphile-worker';
import type { Logger } from 'pino';
import type { ErrorReports } from '../observability/error-reports.js';
import { graphileLoggerFor } from './graphile-logger.js';
import type { Heartbeat } from './heartbeat.js';
import type { Attempt, Job } from './job.js';

/** Kinds of jobs that share a concurrency limit. */
export interface Lane {
  jobs: readonly Job[];
  concurrency: number;
  /** Called whenever a runner has started. */
  onStarted?: () => Promise<void>;
}

export interface LaneDeps {
  pool: ReturnType<typeof createPool>;
  heartbeat: Pick<Heartbeat, 'add' | 'remove' | 'ensure'>;
  log: Logger;
  errors: ErrorReports;
  /** Signals of the worker's shutdown. */
  signals: Pick<Attempt, 'closing' | 'signal'>;
}

/** Milliseconds before a failed runner is restarted, such as after a long database outage. */
const restartDelay = 2000;

export interface RunningLane {
  /** Takes no further jobs and waits for running ones. */
  close(): Promise<void>;
}

/** Works on a lane until closed. */
export function openLane(lane: Lane, deps: LaneDeps): RunningLane {
  const closing = new AbortController();
  const options = optionsOf(lane, deps);
  let runner: Runner | undefined;

  async function work(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        runner = await run(options);
        if (closing.signal.aborted) return await runner.stop();
        await lane.onStarted?.();
        await runner.promise;
      } catch (error) {
        deps.log.warn({ err: error }, 'the worker stopped and is restarted');
        await runner?.stop().catch(() => undefined);
      }
      await delay(restartDelay, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }
  const working = work();

  return {
    async close() {
      closing.abort();
      await runner?.stop().catch(() => undefined);
      await working;
    },
  };
}

function optionsOf(
  { jobs, concurrency }: Lane,
  { pool, heartbeat, log, errors, signals }: LaneDeps,
): RunnerOptions {
  const events: WorkerEvents = new EventEmitter();
  // Emitted after the last attempt; earlier failures are retried.
  events.on('job:failed', ({ job, error }) =>
    errors.report(error, { kind: 'job', task: job.task_identifier }),
  );
  // A pool locks jobs under its own id. One that gave up must not keep the locks of its jobs alive.
  events.on('pool:create', ({ workerPool }) => heartbeat.add(workerPool.id));
  events.on('pool:release', ({ workerPool }) => heartbeat.remove(workerPool.id));
  return {
    pgPool: pool,
    taskList: Object.fromEntries(jobs.map((job) => [job.name, taskOf(job, signals)])),
    events,
    concurrency,
    parsedCronItems: parseCronItems(jobs.flatMap(cronItemsOf)),
    noHandleSignals: true,
    pollInterval: 2000,
    logger: graphileLoggerFor(log),
    // Called before each poll, so that a worker is known to be alive before it locks a job.
    forbiddenFlags: async () => {
      await heartbeat.ensure();
      return null;
    },
    // In batches, even of one, the library retries to record the end of a job. Otherwise an
    // unreachable database causes an unhandled rejection.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
  };
}

const taskOf =
  ({ run: perform }: Job, { closing, signal }: LaneDeps['signals']): Task =>
  (payload, { job }) =>
    perform(payload, { isLast: job.attempts >= job.max_attempts, closing, signal });

function cronItemsOf({ name, schedule }: Job): CronItem[] {
  if (schedule === undefined) return [];
  const { cron, maxAttempts } = schedule;
  return [{ task: name, match: cron, options: { jobKey: name, maxAttempts } }];
}
