import { type GitCall, GitFailure, gitLine, gitRecords, plainLog } from './git.js';
import { shorten } from './text.js';

export interface Commit {
  readonly hash: string;
  readonly author: string;
  /** When it was written, ISO 8601 in UTC. */
  readonly date: string;
  readonly subject: string;
}

/** The commit that HEAD is at; null in a repository without one. */
export async function headOf(call: GitCall): Promise<string | null> {
  try {
    return await gitLine(call, ['rev-parse', '--verify', '--quiet', '--end-of-options', 'HEAD^{commit}']);
  } catch (error) {
    // `--quiet` makes an unborn HEAD an exit code of 1 without a word.
    if (error instanceof GitFailure && error.exitCode === 1 && error.said === '') return null;
    throw error;
  }
}

/** The branch that HEAD is on; null when it is on none. */
export async function branchOf(call: GitCall): Promise<string | null> {
  try {
    return shorten(await gitLine(call, ['symbolic-ref', '--quiet', '--short', 'HEAD']), 200);
  } catch (error) {
    if (error instanceof GitFailure && error.exitCode === 1 && error.said === '') return null;
    throw error;
  }
}

/** How many commits lead to `head`. */
export const countCommits = async (call: GitCall, head: string): Promise<number> =>
  Number(await gitLine(call, ['rev-list', '--count', '--end-of-options', head]));

const commitFormat = '--format=%H%x00%an%x00%at%x00%s';

/** The newest commits that lead to `head` and not to `since`, newest first. */
export async function newestCommits(
  call: GitCall,
  { head, since, limit }: { head: string; since?: string | undefined; limit: number },
) {
  const commits: Commit[] = [];
  const range = since === undefined ? [head] : [head, `^${since}`];
  const args = ['log', '-z', ...plainLog, commitFormat, `--max-count=${limit}`, '--end-of-options', ...range, '--'];
  for await (const [hash = '', author = '', seconds = '', subject = ''] of gitRecords(call, args, 4)) {
    commits.push({ hash, author: shorten(author, 200), date: isoOf(Number(seconds)), subject: shorten(subject, 500) });
  }
  return commits;
}

const lastSecond = Date.UTC(9999, 11, 31, 23, 59, 59) / 1_000;

/** A time as ISO 8601; a commit may claim any number of seconds, the form ends with the year 9999. */
export function isoOf(seconds: number): string {
  const known = Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), lastSecond) : 0;
  return new Date(known * 1_000).toISOString();
}

/** Who wrote each of the newest commits, and when, in seconds since the epoch. */
export async function* authorships(
  call: GitCall,
  head: string,
  limit: number,
): AsyncGenerator<{ author: string; seconds: number }> {
  const args = ['log', '-z', ...plainLog, '--format=%an%x00%at', `--max-count=${limit}`, '--end-of-options', head, '--'];
  for await (const [author = '', seconds = ''] of gitRecords(call, args, 2)) {
    yield { author: shorten(author, 200), seconds: Number(seconds) };
  }
}

/** When each commit since a time was committed, in seconds since the epoch. */
export async function* commitTimes(call: GitCall, head: string, since: number): AsyncGenerator<number> {
  const args = ['log', '-z', ...plainLog, '--format=%ct', `--max-age=${since}`, '--end-of-options', head, '--'];
  for await (const [seconds = ''] of gitRecords(call, args, 1)) yield Number(seconds);
}
