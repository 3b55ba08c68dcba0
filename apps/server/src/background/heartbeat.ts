import { setTimeout as delay } from 'node:timers/promises';
import type { JobWorkersRepository } from '@synap/core';
import type { Logger } from 'pino';

export interface HeartbeatTimes {
  /** Milliseconds between two beats. */
  everyMs: number;
  /** Milliseconds without a beat after which a pool of workers counts as dead. */
  deadAfterMs: number;
}

const heartbeatTimes: HeartbeatTimes = { everyMs: 5_000, deadAfterMs: 25_000 };

export interface HeartbeatDeps {
  workers: Pick<JobWorkersRepository, 'beat' | 'releaseDead'>;
  /** Called after each beat; recovers other work of vanished workers. */
  recover: () => Promise<void>;
  log: Logger;
  times?: HeartbeatTimes | undefined;
}

/** Shows other instances that this one is alive, and releases the jobs of dead workers. */
export interface Heartbeat {
  /** Includes a pool of workers until it is removed. */
  add(poolId: string): void;
  remove(poolId: string): void;
  /**
   * Beats unless the last beat is recent. A worker that takes a job afterwards is known to be
   * alive.
   */
  ensure(): Promise<void>;
  close(): Promise<void>;
}

export function createHeartbeat({
  workers,
  recover,
  log,
  times = heartbeatTimes,
}: HeartbeatDeps): Heartbeat {
  const { everyMs, deadAfterMs } = times;
  const pools = new Set<string>();
  const closing = new AbortController();
  let beating: Promise<void> | undefined;
  /** Pools of the last beat; excludes those added during it. */
  let known: ReadonlySet<string> = new Set();
  /** Machine time, so that a suspended process notices that time has passed. */
  let beatenAt = Number.NEGATIVE_INFINITY;
  /** Database time. */
  let last = Number.NaN;
  let steadySince = Number.NaN;
  let failing = false;

  async function beat(): Promise<void> {
    const began = Date.now();
    const ids = [...pools];
    const at = await workers.beat(ids);
    if (!(at - last < deadAfterMs / 2)) steadySince = at;
    last = at;
    beatenAt = began;
    known = new Set(ids);
  }

  const isFresh = () =>
    Math.abs(Date.now() - beatenAt) < deadAfterMs / 2 &&
    [...pools].every((pool) => known.has(pool));

  const beatOnce = () => {
    beating ??= beat().finally(() => {
      beating = undefined;
    });
    return beating;
  };

  async function tick(): Promise<void> {
    if (pools.size > 0) await beatOnce();
    // After an outage or a suspension all beats are old. A worker must first beat steadily itself
    // before it declares others dead.
    if (last - steadySince >= deadAfterMs) {
      const dead = await workers.releaseDead(deadAfterMs / 1_000);
      if (dead.length > 0) log.warn({ workers: dead }, 'jobs of dead workers are taken over');
    }
    await recover();
  }

  async function run(): Promise<void> {
    const jitter = () => everyMs * (0.8 + 0.4 * Math.random());
    while (!closing.signal.aborted) {
      try {
        await tick();
        failing = false;
      } catch (error) {
        if (!failing) log.warn({ err: error }, 'the worker heartbeat failed and is retried');
        failing = true;
      }
      await delay(jitter(), undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }
  const running = run();

  return {
    add: (poolId) => void pools.add(poolId),
    remove: (poolId) => void pools.delete(poolId),
    async ensure() {
      while (!isFresh()) await beatOnce();
    },
    async close() {
      closing.abort();
      await running;
    },
  };
}
