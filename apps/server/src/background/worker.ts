import { createJobWorkersRepository } from '@synap/core';
import { createPool, createSql } from '@synap/db';
import { createHeartbeat, type HeartbeatTimes } from './heartbeat.js';
import { openLane } from './lane.js';
import { createLanes, type LanesDeps } from './lanes.js';

/** Milliseconds that running jobs get to finish at shutdown. */
const jobGraceMs = 10_000;

export interface WorkerDeps extends LanesDeps {
  url: string;
  heartbeat?: HeartbeatTimes | undefined;
}

export interface Worker {
  /** Takes no further jobs, and aborts running ones after 10 s; other workers retry them. */
  close(): Promise<void>;
}

/** Processes background jobs until closed. */
export function startWorker(deps: WorkerDeps): Worker {
  const { url, sync, log, errors } = deps;
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
  const heartbeat = createHeartbeat({ workers, recover: sync.recover, log, times: deps.heartbeat });
  const closing = new AbortController();
  const aborting = new AbortController();
  const signals = { closing: closing.signal, signal: aborting.signal };
  const purges = [...deps.purges, workers.purge];
  const lanes = createLanes({ ...deps, purges }).map((lane) =>
    openLane(lane, { pool, heartbeat, log, errors, signals }),
  );

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
