import type { JsonValue, ModuleHostServices } from '@synap/module-runtime';
import type { EntriesRepository } from './entries.repository.js';

type Stage = Map<string, { value: JsonValue } | null>;

/**
 * The key-value rows of modules. A run's writes are staged and commit together with its end, so that a run that fails leaves no
 * trace and one that is repeated repeats nothing.
 */
export function createModuleStore(entries: EntriesRepository) {
  const stages = new Map<string, Stage>();

  const stageOf = (runId: string | undefined): Stage => {
    const stage = runId === undefined ? undefined : stages.get(runId);
    if (!stage) throw new Error('A module writes only while its sync job runs');
    return stage;
  };

  const store: ModuleHostServices['store'] = {
    async get({ moduleId, runId }, key) {
      const staged = runId === undefined ? undefined : stages.get(runId)?.get(key);
      return staged === undefined ? entries.find(moduleId, key) : (staged?.value ?? null);
    },
    async set({ runId }, key, value) {
      stageOf(runId).set(key, { value });
    },
    async delete({ runId }, key) {
      stageOf(runId).set(key, null);
    },
  };

  return {
    store,
    /** Opens the stage of a run; whoever opens it closes it. */
    open(runId: string): Stage {
      const stage: Stage = new Map();
      stages.set(runId, stage);
      return stage;
    },
    close: (runId: string) => void stages.delete(runId),
  };
}

export type ModuleStore = ReturnType<typeof createModuleStore>;
