import { ModuleCallError, type ModuleRegistry } from '@synap/module-runtime';
import type { Transaction } from '../repositories.js';
import type { ModuleStore } from './module-store.js';
import { createRunLease, type RunLease } from './run-lease.js';
import { mostAttempts, type RunsRepository } from './runs.repository.js';
import type { Stage } from './stage.js';
import { SyncFailure, takenOver } from './sync-failure.js';

export interface ModuleSyncDeps {
  runs: RunsRepository;
  transaction: Transaction;
  registry: Pick<ModuleRegistry, 'sync' | 'list'>;
  store: ModuleStore;
  newId: () => string;
  /** Called when a run has committed: what was loaded before is old. */
  onSynced: (moduleId: string) => Promise<void>;
  /** Milliseconds between two signs of life of a run; well under its lease of 30 s. */
  heartbeat?: number;
}

/** Moving what a large run has staged takes the database seconds. */
const commitMilliseconds = 60_000;

/**
 * Text of a failure that a run may show: messages of the module and our own. Other errors are for
 * the log alone.
 */
const reasonOf = (error: unknown): string =>
  error instanceof ModuleCallError || error instanceof SyncFailure
    ? error.message
    : "The run could not be completed; the server's log says why";

/** Performs and schedules the sync jobs of modules: what the worker calls. */
export function createModuleSync(deps: ModuleSyncDeps) {
  const { runs, transaction, registry, store, newId, onSynced, heartbeat = 5000 } = deps;

  /**
   * The events, what the module stored and the end of the run commit together, as long as the lease
   * holds.
   */
  const commit = (runId: string, lease: string, stage: Stage) =>
    store.limiter(() =>
      transaction(
        async (tx) => {
          const added = await stage.apply(tx.stages, newId);
          if (!(await tx.runs.succeed(runId, lease, added))) throw takenOver();
        },
        { milliseconds: commitMilliseconds },
      ),
    );

  async function work(runId: string, moduleId: string, lease: RunLease): Promise<void> {
    const stage = await store.open(runId, { stageId: lease.token, moduleId });
    try {
      await registry.sync({
        moduleId,
        runId,
        signal: lease.signal,
        onProgress: lease.report,
        onEvents: stage.emit,
      });
      await stage.flush();
      await lease.flush();
      await commit(runId, lease.token, stage);
    } finally {
      await store.close(runId, stage);
    }
  }

  /**
   * Takes back what vanished workers left behind: runs without a sign of life, and runs without a
   * job.
   */
  async function recover(): Promise<void> {
    await transaction(async (tx) => {
      await tx.runs.requeueAbandoned();
      await tx.runs.requeueJobless();
    });
  }

  return {
    /**
     * Performs a queued run. Throws after noting the failure, so that the job queue tries again
     * unless the failure is final.
     */
    async perform(
      runId: string,
      { lastAttempt, signal }: { lastAttempt: boolean; signal: AbortSignal },
    ): Promise<void> {
      const token = newId();
      const claimed = await runs.claim(runId, token);
      if (!claimed) return;
      const lease = createRunLease({ runs, runId, token, signal, heartbeat });
      try {
        await work(runId, claimed.moduleId, lease);
        await onSynced(claimed.moduleId);
      } catch (thrown) {
        // The loss is the reason of whatever came of it.
        const error = (await lease.check()) ?? thrown;
        const final =
          lastAttempt ||
          claimed.attempts >= mostAttempts ||
          (error instanceof SyncFailure && error.final);
        const message = reasonOf(error);
        await runs.fail(runId, token, message.slice(0, 1000), final);
        throw new SyncFailure(message, { cause: error, final });
      } finally {
        lease.release();
      }
    },

    recover,

    /**
     * Queues what is due and what a vanished worker left behind; called every minute by one of the
     * workers.
     */
    async schedule(now: Date): Promise<void> {
      await recover();
      const periods = new Map(
        registry
          .list()
          .flatMap(({ id, status, sync }) =>
            sync && status !== 'failed' ? [[id, sync.everySeconds * 1000] as const] : [],
          ),
      );
      const last = await runs.lastOf([...periods.keys()]);
      for (const [moduleId, period] of periods) {
        const since = last.get(moduleId)?.createdAt.getTime();
        if (since === undefined || now.getTime() - since >= period)
          await transaction((tx) => tx.runs.enqueue(moduleId, 'schedule', newId()));
      }
    },
  };
}

export type ModuleSync = ReturnType<typeof createModuleSync>;
