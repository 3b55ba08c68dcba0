import { ModuleCallError, type ModuleRegistry } from '@synap/module-runtime';
import type { Transaction } from '../repositories.js';
import type { ModuleStore } from './module-store.js';
import { createRunLease, type RunLease } from './run-lease.js';
import { maxAttempts, type RunsRepository } from './runs.repository.js';
import type { Stage } from './stage.js';
import { SyncFailure, takenOverError } from './sync-failure.js';

export interface ModuleSyncDeps {
  runs: RunsRepository;
  transaction: Transaction;
  registry: Pick<ModuleRegistry, 'sync' | 'list'>;
  store: ModuleStore;
  newId: () => string;
  /** Called after a run has committed; data loaded before is outdated. */
  onSynced: (moduleId: string) => Promise<void>;
  /**
   * Milliseconds between heartbeats of a run; must be well below its lease of 30 s.
   * @default 5000
   */
  heartbeat?: number;
}

/** Timeout of the commit: moving the staged data of a large run takes seconds. */
const commitMilliseconds = 60_000;

/**
 * Returns the error text to store with a run: messages of the module and of this service. Other
 * errors go only to the log.
 */
const publicReason = (error: unknown): string =>
  error instanceof ModuleCallError || error instanceof SyncFailure
    ? error.message
    : "The run could not be completed; the server's log says why";

/** Runs and schedules the sync jobs of modules, as called by the worker. */
export function createModuleSync(deps: ModuleSyncDeps) {
  const { runs, transaction, registry, store, newId, onSynced, heartbeat = 5000 } = deps;

  /** Commits events, store entries and the end of the run together, if the lease still holds. */
  const commit = (runId: string, lease: string, stage: Stage) =>
    store.limiter(() =>
      transaction(
        async (tx) => {
          const added = await stage.apply(tx.stages, newId);
          if (!(await tx.runs.succeed(runId, lease, added))) throw takenOverError();
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

  /** Requeues the runs of dead workers: runs without a heartbeat, and runs without a job. */
  async function recover(): Promise<void> {
    await transaction(async (tx) => {
      await tx.runs.requeueAbandoned();
      await tx.runs.requeueJobless();
    });
  }

  return {
    /**
     * Performs a queued run. Records a failure, then throws it, so that the job queue retries
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
        // A lost lease is the root cause of any other error.
        const error = (await lease.check()) ?? thrown;
        const final =
          lastAttempt ||
          claimed.attempts >= maxAttempts ||
          (error instanceof SyncFailure && error.final);
        const message = publicReason(error);
        await runs.fail(runId, token, message.slice(0, 1000), final);
        throw new SyncFailure(message, { cause: error, final });
      } finally {
        lease.release();
      }
    },

    recover,

    /** Queues due runs and those of dead workers. Called every minute by one worker. */
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
