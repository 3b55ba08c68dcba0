import {
  conflict,
  type Module,
  type ModuleRun,
  type ModulesService,
  notFound,
  type UserActor,
} from '@synap/contracts';
import type { ModuleInfo, ModuleRegistry } from '@synap/module-runtime';
import type { RunIdempotent } from '../idempotency/idempotent.js';
import { pageById, pageByName } from '../paging.js';
import { requireReadableModule } from './module-access.js';
import type { RunsRepository } from './runs.repository.js';

export interface ModulesDeps {
  registry: Pick<ModuleRegistry, 'list' | 'get'>;
  runs: RunsRepository;
  idempotent: RunIdempotent;
  newId: () => string;
}

/** Shown to ordinary users instead of error details, which name paths and settings. */
const genericError = 'This module does not work at present; superusers can see the reason.';

const redactError = (run: ModuleRun, { role }: UserActor): ModuleRun =>
  run.error && role !== 'superuser' ? { ...run, error: genericError } : run;

function describe(info: ModuleInfo, lastRun: ModuleRun | undefined, actor: UserActor): Module {
  const { id, name, version, status, error, widgets } = info;
  const shownError = error && (actor.role === 'superuser' ? error : genericError);
  const shownRun = lastRun && redactError(lastRun, actor);
  return {
    id,
    name,
    version,
    status,
    widgets: widgets.map((widget) => widget.id),
    ...(shownError && { error: shownError }),
    ...(shownRun && { lastRun: shownRun }),
  };
}

export function createModulesService({
  registry,
  runs,
  idempotent,
  newId,
}: ModulesDeps): ModulesService {
  return {
    async list({ actor }, page) {
      const { items, nextCursor } = pageByName(registry.list(), (info) => info.id, page);
      const last = await runs.lastOf(items.map((info) => info.id));
      return { items: items.map((info) => describe(info, last.get(info.id), actor)), nextCursor };
    },

    async get({ actor }, { id }) {
      const info = registry.get(id);
      if (!info) throw notFound(`No module "${id}" is installed`);
      return describe(info, (await runs.lastOf([id])).get(id), actor);
    },

    /** Queues a run. If one is already queued or running, returns that one. */
    async sync(call, { id }) {
      const info = requireReadableModule(registry, id, call.actor);
      if (!info.sync)
        throw conflict(
          `The module "${id}" has nothing to synchronise: its widgets load their data by themselves.`,
        );
      return idempotent(call, async (tx) => {
        for (;;) {
          const runId = await tx.runs.enqueue(id, 'manual', newId());
          if (runId) return { runId };
        }
      });
    },

    async runs({ actor }, { id, ...page }) {
      requireReadableModule(registry, id, actor);
      const { items, nextCursor } = pageById(await runs.listOf(id, page), page.size);
      return { items: items.map((run) => redactError(run, actor)), nextCursor };
    },

    async run({ actor }, { id, runId }) {
      requireReadableModule(registry, id, actor);
      const run = await runs.findOf(id, runId);
      if (!run) throw notFound('Run not found');
      return redactError(run, actor);
    },
  };
}
