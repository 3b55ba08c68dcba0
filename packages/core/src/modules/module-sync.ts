import { ModuleCallError, type ModuleEvent, type ModuleRegistry } from '@synap/module-runtime';
import type { Transaction } from '../repositories.js';
import type { ModuleStore } from './module-store.js';
import type { RunsRepository } from './runs.repository.js';

export interface ModuleSyncDeps {
  runs: RunsRepository;
  transaction: Transaction;
  registry: Pick<ModuleRegistry, 'sync' | 'list'>;
  store: ModuleStore;
  newId: () => string;
  /** Told when a run has committed: what was loaded before is old. */
  onSynced: (moduleId: string) => Promise<void>;
  /** Milliseconds between two signs of life of a run; well under its lease of 30 s. */
  heartbeat?: number;
}

/** More new events than this in one run are an author's mistake. */
const mostEvents = 10_000;

/** Thrown when a run did not end well and may be tried again. */
export class SyncFailure extends Error {
  override readonly name = 'SyncFailure';
}

/** What a run may tell of its failure: what the module or we ourselves say of it. Anything else is for the log alone. */
const reasonOf = (error: unknown): string =>
  error instanceof ModuleCallError || error instanceof SyncFailure
    ? error.message
    : "The run could not be completed; the server's log says why";

/** Performs and schedules the sync jobs of modules: what the worker calls. */
export function createModuleSync({ runs, transaction, registry, store, newId, onSynced, heartbeat = 5000 }: ModuleSyncDeps) {
  /** Holds the lease while `work` runs; losing it aborts the work. */
  async function underLease<T>(
    runId: string,
    lease: string,
    signal: AbortSignal,
    work: (signal: AbortSignal, progress: (p: { done: number; total: number }) => void) => Promise<T>,
  ): Promise<T> {
    const lost = new AbortController();
    let latest: { done: number; total: number } | undefined;
    const timer = setInterval(() => {
      runs.renew(runId, lease, latest).then(
        (held) => held || lost.abort(new SyncFailure('Another worker took the run over')),
        () => undefined,
      );
    }, heartbeat);
    try {
      const result = await work(AbortSignal.any([signal, lost.signal]), (progress) => {
        const first = latest === undefined;
        latest = progress;
        if (first) void runs.renew(runId, lease, progress).catch(() => undefined);
      });
      if (latest) await runs.renew(runId, lease, latest);
      return result;
    } finally {
      clearInterval(timer);
    }
  }

  /** The events, what the module stored and the end of the run commit together, as long as the lease holds. */
  const commit = (
    runId: string,
    lease: string,
    moduleId: string,
    events: ModuleEvent[],
    staged: ReturnType<ModuleStore['open']>,
  ) =>
    transaction(async (within) => {
      const count = await within.runs.appendEvents(moduleId, events, newId);
      await within.entries.apply(moduleId, staged);
      if (!(await within.runs.succeed(runId, lease, count))) throw new SyncFailure('Another worker took the run over');
    });

  return {
    /** Performs a queued run. Throws after noting the failure, so that the job queue tries again unless it was the last attempt. */
    async perform(runId: string, { lastAttempt, signal }: { lastAttempt: boolean; signal: AbortSignal }): Promise<void> {
      const lease = newId();
      const claimed = await runs.claim(runId, lease);
      if (!claimed) return;
      const { moduleId } = claimed;
      const staged = store.open(runId);
      const events: ModuleEvent[] = [];
      try {
        await underLease(runId, lease, signal, (whileHeld, onProgress) =>
          registry.sync({
            ...{ moduleId, runId, signal: whileHeld, onProgress },
            onEvents: async (more) => {
              if (events.length + more.length > mostEvents) throw new SyncFailure(`A run brings at most ${mostEvents} events`);
              events.push(...more);
            },
          }),
        );
        await commit(runId, lease, moduleId, events, staged);
        await onSynced(moduleId);
      } catch (error) {
        const message = reasonOf(error);
        await runs.fail(runId, lease, message.slice(0, 1000), lastAttempt);
        throw new SyncFailure(message, { cause: error });
      } finally {
        store.close(runId);
      }
    },

    /** Queues what is due and what a vanished worker left behind; called every minute by one of the workers. */
    async schedule(now: Date): Promise<void> {
      await transaction((within) => within.runs.requeueAbandoned());
      const periods = new Map(
        registry
          .list()
          .flatMap(({ id, status, sync }) => (sync && status !== 'failed' ? [[id, sync.everySeconds * 1000] as const] : [])),
      );
      const last = await runs.lastOf([...periods.keys()]);
      for (const [moduleId, period] of periods) {
        const since = last.get(moduleId)?.createdAt.getTime();
        if (since === undefined || now.getTime() - since >= period)
          await transaction((within) => within.runs.enqueue(moduleId, 'schedule', newId()));
      }
    },
  };
}

export type ModuleSync = ReturnType<typeof createModuleSync>;
