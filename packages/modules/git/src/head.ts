import { type GitCall, GitFailure, gitLine } from './git.js';
import { shorten } from './text.js';

/**
 * Returns the commit of HEAD; null in a repository without one.
 * @throws GitFailure if HEAD leads to an object that is missing or not a commit
 */
export async function headOf(call: GitCall): Promise<string | null> {
  try {
    return await gitLine(call, [
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      'HEAD^{commit}',
    ]);
  } catch (error) {
    if (error instanceof GitFailure && (await isUnborn(call))) return null;
    throw error;
  }
}

/** Returns the branch of HEAD; null if HEAD is detached. */
export async function branchOf(call: GitCall): Promise<string | null> {
  const branch = await lineUnlessFalse(call, ['symbolic-ref', '--quiet', '--short', 'HEAD']);
  return branch === null ? null : shorten(branch, 200);
}

/**
 * True if HEAD is on a branch that does not exist yet. A branch with invalid content or a missing
 * commit exists.
 */
async function isUnborn(call: GitCall): Promise<boolean> {
  const target = await lineUnlessFalse(call, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    'HEAD',
  ]);
  if (target !== null) return false;
  // Fails with a code other than 1 if the branch exists and its content is invalid.
  return (await lineUnlessFalse(call, ['symbolic-ref', '--quiet', 'HEAD'])) !== null;
}

/** Returns git's line; null if it exits with 1, which means "no" for these commands. */
async function lineUnlessFalse(call: GitCall, args: readonly string[]): Promise<string | null> {
  try {
    return await gitLine(call, args);
  } catch (error) {
    if (error instanceof GitFailure && error.exitCode === 1) return null;
    throw error;
  }
}
