import type { LoadContext } from '@synap/module-sdk';
import type { Config } from './config.js';
import { type GitCall, GitFailure } from './git.js';
import { headOf } from './history.js';
import { type ListedRepository, openRepository } from './repository.js';

/**
 * Opens a repository and reads it at its HEAD, null before the first commit. What git says on a failure goes to the log.
 * @throws ModuleError
 */
export async function readRepository<T>(
  listed: ListedRepository,
  { config, log, signal }: LoadContext<Config>,
  read: (call: GitCall, head: string | null) => Promise<T>,
): Promise<T> {
  const { gitDirectory } = await openRepository(listed, config, log);
  const call = { gitDirectory, signal };
  try {
    return await read(call, await headOf(call));
  } catch (error) {
    if (error instanceof GitFailure)
      log.warn('git failed', { repository: listed.name, exitCode: error.exitCode, said: error.said });
    throw error;
  }
}
