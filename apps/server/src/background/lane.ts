import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { createPool } from '@synap/db';
import {
  type parseCronItems,
  type Runner,
  type RunnerOptions,
  run,
  type TaskList,
  type WorkerEvents,
} from 'graphile-worker';
import type { Logger } from 'pino';
import type { ErrorReports } from '../error-reports.js';
import { graphileLoggerFor } from './graphile-logger.js';
import type { Heartbeat } from './heartbeat.js';

/** Jobs of some kinds, which wait for one another only. */
export interface Lane {
  tasks: TaskList;
  concurrency: number;
  cron?: ReturnType<typeof parseCronItems>;
}

export interface LaneDeps {
  pool: ReturnType<typeof createPool>;
  heartbeat: Pick<Heartbeat, 'add' | 'remove' | 'ensure'>;
  log: Logger;
  errors: ErrorReports;
}

/** Milliseconds before a runner that gave up (the database was away for long) is started again. */
const restartDelay = 2000;

export interface RunningLane {
  /** Takes no further job and waits for those that run. */
  close(): Promise<void>;
}

/** Works on a lane until closed. @param onStarted is called whenever a runner was started */
export function openLane(
  lane: Lane,
  deps: LaneDeps,
  onStarted: () => Promise<void> = async () => undefined,
): RunningLane {
  const closing = new AbortController();
  const options = optionsOf(lane, deps);
  let runner: Runner | undefined;

  async function work(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        runner = await run(options);
        if (closing.signal.aborted) return await runner.stop();
        await onStarted();
        await runner.promise;
      } catch (error) {
        deps.log.warn({ err: error }, 'the worker stopped and is started again');
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
  { tasks, concurrency, cron }: Lane,
  { pool, heartbeat, log, errors }: LaneDeps,
): RunnerOptions {
  const events: WorkerEvents = new EventEmitter();
  // After the last attempt; what fails before is tried again.
  events.on('job:failed', ({ job, error }) =>
    errors.report(error, { kind: 'job', task: job.task_identifier }),
  );
  // A pool holds its jobs under its own id. One that gave up must not keep alive what it left.
  events.on('pool:create', ({ workerPool }) => heartbeat.add(workerPool.id));
  events.on('pool:release', ({ workerPool }) => heartbeat.remove(workerPool.id));
  return {
    pgPool: pool,
    taskList: tasks,
    events,
    concurrency,
    parsedCronItems: cron ?? [],
    noHandleSignals: true,
    pollInterval: 2000,
    logger: graphileLoggerFor(log),
    // Called before each look for a job, so that a worker is known to be alive before it holds one.
    forbiddenFlags: async () => {
      await heartbeat.ensure();
      return null;
    },
    // In batches, even of one, the library retries to note the end of a job; else an unreachable
    // database causes an unhandled rejection.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
  };
}
