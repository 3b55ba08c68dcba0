import { ModuleError } from '@synap/module-sdk';
import type { ReadContext } from './context.js';
import { type GitCall, GitFailure } from './git.js';
import { headOf } from './head.js';
import { openRepository } from './open-repository.js';
import type { ListedRepository } from './repository.js';

/**
 * Milliseconds for one repository, so that a hanging one leaves time for an error message or the
 * others.
 */
export const readDeadlines = { widget: 7_000, list: 3_000, sync: 120_000 };

/**
 * Opens a repository and reads it at its HEAD, which is null before the first commit. Logs git's
 * error output.
 * @throws ModuleError, also if the deadline passes
 */
export async function readRepository<T>(
  listed: ListedRepository,
  context: ReadContext,
  read: (call: GitCall, head: string | null) => Promise<T>,
  deadlineMs = readDeadlines.widget,
): Promise<T> {
  const deadline = AbortSignal.timeout(deadlineMs);
  const signal = AbortSignal.any([context.signal, deadline]);
  try {
    const { gitDirectory } = await openRepository(listed, { ...context, signal });
    const call = { gitDirectory, signal };
    return await read(call, await headOf(call));
  } catch (error) {
    if (deadline.aborted && !context.signal.aborted) {
      context.log.warn('A repository was not read in time', {
        repository: listed.name,
        seconds: deadlineMs / 1_000,
      });
      throw new ModuleError(
        `Repository "${listed.name}" was not read within ${deadlineMs / 1_000} s`,
      );
    }
    if (error instanceof GitFailure)
      context.log.warn('git failed', {
        repository: listed.name,
        exitCode: error.exitCode,
        stderr: error.stderr,
      });
    throw error;
  }
}
