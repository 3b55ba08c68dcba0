import { type HealthContext, type Log, ModuleError } from '@synap/module-sdk';
import type { Config } from './config.js';
import { openRepository } from './open-repository.js';
import { listRepositories } from './repository.js';

const ignore = () => undefined;
/** Drops log lines, because checks run often. Widgets and sync runs log the same problems. */
const silent: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Returns a line for each listed repository that cannot be read. */
export async function checkRepositories({
  config,
  signal,
}: HealthContext<Config>): Promise<string[]> {
  const problems: string[] = [];
  for (const listed of listRepositories(config)) {
    try {
      await openRepository(listed, { config, signal, log: silent });
    } catch (error) {
      if (!(error instanceof ModuleError)) throw error;
      problems.push(error.message);
    }
  }
  return problems;
}
