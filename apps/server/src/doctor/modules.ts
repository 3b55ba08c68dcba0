import {
  createModuleRegistry,
  discoverModules,
  type ModuleInfo,
  type RuntimeLog,
} from '@synap/module-runtime';
import type { Environment } from '../config/env.js';
import { packageFolder } from '../config/paths.js';
import { unknownSettings } from '../config/unknown-settings.js';
import { bad, type Finding, fine, warn } from './finding.js';

const ignore = () => undefined;
const silent: RuntimeLog = { debug: ignore, info: ignore, warn: ignore, error: ignore };
/** Modules use their store in loads and runs only, and the doctor starts neither. */
const noStore = {
  get: async () => null,
  set: async () => undefined,
  delete: async () => undefined,
};

type Variables = Record<string, string | undefined>;

/**
 * Starts each module as the server does, and shows its status. Lists unknown settings. The
 * preflight reports a missing folder.
 */
export async function checkModules(
  { modulesDir }: Environment,
  variables: Variables,
): Promise<Finding[]> {
  const discovered = await discoverModules({ from: packageFolder, modulesDir }).catch(() => []);
  const registry = createModuleRegistry({
    discovered,
    environment: variables,
    hostServices: { store: noStore },
    log: silent,
  });
  try {
    await registry.settled();
    const unknown = unknownSettings(variables, registry.variables());
    return [...registry.list().map(describe), ...unknown.map(({ text }) => warn('settings', text))];
  } finally {
    await registry.close();
  }
}

function describe({ id, version, status, error = '' }: ModuleInfo): Finding {
  const subject = `module ${id}`;
  if (status === 'ready') return fine(subject, version);
  return status === 'failed' ? bad(subject, error) : warn(subject, error);
}
