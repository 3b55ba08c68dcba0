import { fileURLToPath } from 'node:url';
import type { JsonValue } from '@synap/module-sdk';
import { discoverModules, type FoundPackage } from '../discovery/discover.js';
import type { ModuleHostServices, ModuleScope, RuntimeLog } from '../host-services.js';
import { createModuleRegistry, type ModuleRegistryOptions } from '../registry.js';

/** Folder of the modules that the tests run; each is a package. */
export const fixturesFolder = fileURLToPath(new URL('../../test/fixtures', import.meta.url));
/** A server without dependencies. */
export const bareServer = fileURLToPath(new URL('../../test/server', import.meta.url));

/** Finds the named fixtures by discovery. */
export async function findFixtures(...names: string[]): Promise<FoundPackage[]> {
  const discovered = await discoverModules({ from: bareServer, modulesDir: fixturesFolder });
  return discovered
    .filter((each) => each.kind === 'found')
    .filter(({ packageName }) => names.includes(packageName));
}

export interface LogLine {
  readonly level: keyof RuntimeLog;
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

function recordLog(): RuntimeLog & { lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: keyof RuntimeLog) => (fields: Record<string, unknown>, message: string) =>
    void lines.push({ level, message, fields });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Creates a store in memory that records the scope of each use. */
function memoryServices(): ModuleHostServices & {
  values: Map<string, JsonValue>;
  scopes: ModuleScope[];
} {
  const values = new Map<string, JsonValue>();
  const scopes: ModuleScope[] = [];
  const noted = (scope: ModuleScope, key: string) => {
    scopes.push(scope);
    return `${scope.moduleId}/${key}`;
  };
  return {
    values,
    scopes,
    store: {
      get: async (scope, key) => values.get(noted(scope, key)) ?? null,
      set: async (scope, key, value) => void values.set(noted(scope, key), value),
      delete: async (scope, key) => void values.delete(noted(scope, key)),
    },
  };
}

/** Starts a registry of the named fixtures. The caller closes it. */
export async function startFixtures(
  names: readonly string[],
  options: Partial<ModuleRegistryOptions> = {},
) {
  const log = recordLog();
  const hostServices = memoryServices();
  const discovered = await findFixtures(...names);
  const registry = createModuleRegistry({
    discovered,
    environment: {},
    hostServices,
    log,
    ...options,
  });
  return { registry, log, hostServices };
}
