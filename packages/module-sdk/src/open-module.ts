import type { z } from 'zod';
import { checkedStore } from './checked-store.js';
import { ModuleError, RetryAfter } from './errors.js';
import { checkedEmit } from './event.js';
import type { AnyWidget, Module } from './module.js';
import type { ForeseenFailure, OpenedModule, OpenResult } from './opened-module.js';
import { type ConfigSchema, issuesOf } from './schemas.js';

export async function openModule<Config extends ConfigSchema>(
  module: Module<string, Config, readonly AnyWidget<z.output<Config>>[]>,
  input: unknown,
): Promise<OpenResult> {
  const config = await module.configSchema.safeParseAsync(input);
  if (!config.success) return { kind: 'invalid-config', issues: issuesOf(config.error) };
  const opened: OpenedModule = {
    async load(widgetId, params, services) {
      const widget = module.widgets.find(({ id }) => id === widgetId);
      if (!widget) return { kind: 'unknown-widget' };
      return catchForeseen(() => widget.answer(params, { ...services, config: config.data }));
    },
    async sync(services) {
      const { syncJob } = module;
      if (!syncJob) return { kind: 'no-sync-job' };
      return catchForeseen(async () => {
        const emit = checkedEmit(services.emit);
        await syncJob.run({
          ...services,
          emit,
          store: checkedStore(services.store),
          config: config.data,
        });
        return { kind: 'done' } as const;
      });
    },
    async check(services) {
      const problems = await module.healthCheck?.({ signal: services.signal, config: config.data });
      return { kind: 'checked', problems: problems ?? [] };
    },
  };
  return { kind: 'opened', module: opened };
}

async function catchForeseen<T>(work: () => Promise<T>): Promise<T | ForeseenFailure> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error;
    return {
      kind: 'failed',
      message: error.message,
      ...(error instanceof RetryAfter && { retryAfter: error.seconds }),
    };
  }
}
