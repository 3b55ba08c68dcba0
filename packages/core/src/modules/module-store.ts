import type { ModuleHostServices } from '@synap/module-runtime';
import { createSemaphore } from '@synap/security';
import type { EntriesRepository } from './entries.repository.js';
import { createStage, type RunLimits, runLimits, type Stage } from './stage.js';
import type { StagesRepository } from './stages.repository.js';

export interface ModuleStoreDeps {
  entries: EntriesRepository;
  stages: StagesRepository;
  limits?: RunLimits;
}

/** Maximum concurrent statements of all runs, so that the other connections stay free for calls. */
const concurrentStatements = 2;

/**
 * Stores the key-value entries of modules. The writes of a run are staged and committed with its
 * end: a failed run leaves no trace, and a repeated run duplicates nothing.
 */
export function createModuleStore({ entries, stages, limits = runLimits }: ModuleStoreDeps) {
  const open = new Map<string, Stage>();
  const limiter = createSemaphore({ concurrency: concurrentStatements }).run;

  const stageOf = (runId: string | undefined): Stage => {
    const stage = runId === undefined ? undefined : open.get(runId);
    if (!stage) throw new Error('A module writes only while its sync job runs');
    return stage;
  };

  const store: ModuleHostServices['store'] = {
    get({ moduleId, runId }, key) {
      const stage = runId === undefined ? undefined : open.get(runId);
      return stage ? stage.get(key) : entries.find(moduleId, key);
    },
    set: async ({ runId }, key, value) => stageOf(runId).put(key, value),
    delete: async ({ runId }, key) => stageOf(runId).remove(key),
  };

  return {
    store,
    /** Limits the concurrent database work of runs. */
    limiter,
    /** Opens the stage of an attempt of a run; the caller must close it. */
    async open(
      runId: string,
      { stageId, moduleId }: { stageId: string; moduleId: string },
    ): Promise<Stage> {
      const stage = createStage({ stages, limits, limiter }, { stageId, moduleId });
      await stages.open(stageId, runId);
      open.set(runId, stage);
      return stage;
    },
    async close(runId: string, stage: Stage): Promise<void> {
      // Another attempt of the run may have opened its own stage meanwhile, even in this process.
      if (open.get(runId) === stage) open.delete(runId);
      // If the database is unavailable, the purge removes the stage later.
      await stage.discard().catch(() => undefined);
    },
    /** Deletes the stages of attempts whose worker died. */
    purge: () => stages.purge(),
  };
}

export type ModuleStore = ReturnType<typeof createModuleStore>;
