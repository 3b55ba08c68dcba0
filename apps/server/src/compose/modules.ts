import { setTimeout as delay } from 'node:timers/promises';
import { createModuleStore, type ModuleStore } from '@synap/core';
import {
  createModuleRegistry,
  createWidgetCache,
  discoverModules,
  type ModuleRegistry,
  type WidgetCache,
} from '@synap/module-runtime';
import { packageFolder } from '../config/paths.js';
import { unknownSettings } from '../config/unknown-settings.js';
import type { CloseStack } from './close-stack.js';
import type { OpenDatabase } from './database.js';
import type { ServerContext } from './server-context.js';

/** Longest wait for modules during the start, in milliseconds. */
const startTimeoutMs = 5000;

export interface OpenModules {
  registry: ModuleRegistry;
  store: ModuleStore;
  widgetCache: WidgetCache;
  /** Number of installed modules. */
  count: number;
  /** Resolves when all modules have started or failed, or after 5 s. */
  settled(): Promise<void>;
}

/** Discovers the installed modules, and starts their processes. */
export async function openModules(
  { environment: { modulesDir }, variables, log }: ServerContext,
  { database }: { database: Pick<OpenDatabase, 'repositories'> },
  stack: CloseStack,
): Promise<OpenModules> {
  const store = createModuleStore(database.repositories);
  const discovered = await discoverModules({ from: packageFolder, modulesDir });
  const registry = createModuleRegistry({
    discovered,
    environment: variables,
    hostServices: { store: store.store },
    log,
  });
  stack.add(() => registry.close());
  void registry.settled().then(() => {
    for (const { text } of unknownSettings(variables, registry.variables())) log.warn(text);
  });
  return {
    registry,
    store,
    widgetCache: createWidgetCache({ load: registry.load }),
    count: discovered.length,
    // Modules start concurrently; one that hangs must not delay the rest.
    settled: () =>
      Promise.race([registry.settled(), delay(startTimeoutMs, undefined, { ref: false })]),
  };
}
