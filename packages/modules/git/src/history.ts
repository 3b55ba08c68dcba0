import { type GitCall, gitLine, gitRecords, plainLog } from './git.js';
import { shorten } from './text.js';

export interface Commit {
  readonly hash: string;
  readonly author: string;
  /** Author date, ISO 8601 in UTC. */
  readonly date: string;
  /** Commit date: later than `date` after a rebase, an amendment or a patch by mail. */
  readonly committedAt: string;
  readonly subject: string;
}

const commitFormat = '--format=%H%x00%an%x00%at%x00%ct%x00%s';

/** Returns the newest commits reachable from `head` but not from `since`, newest first. */
export async function newestCommits(
  call: GitCall,
  { head, since, limit }: { head: string; since?: string | undefined; limit: number },
) {
  const commits: Commit[] = [];
  const range = since === undefined ? [head] : [head, `^${since}`];
  const args = [
    'log',
    '-z',
    ...plainLog,
    commitFormat,
    `--max-count=${limit}`,
    '--end-of-options',
    ...range,
    '--',
  ];
  for await (const [
    hash = '',
    author = '',
    written = '',
    committed = '',
    subject = '',
  ] of gitRecords(call, args, 5)) {
    commits.push({
      hash,
      author: shorten(author, 200),
      date: isoOf(Number(written)),
      committedAt: isoOf(Number(committed)),
      subject: shorten(subject, 500),
    });
  }
  return commits;
}

const lastSecond = Date.UTC(9999, 11, 31, 23, 59, 59) / 1_000;

/**
 * Formats a time as ISO 8601. A commit may claim any number of seconds, so years are limited to
 * 9999.
 */
export function isoOf(seconds: number): string {
  const known = Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), lastSecond) : 0;
  return new Date(known * 1_000).toISOString();
}

/** Counts the commits reachable from `head`, up to `limit`. */
export const countCommits = async (
  call: GitCall,
  head: string,
  limit?: number,
): Promise<number> => {
  const bound = limit === undefined ? [] : [`--max-count=${limit}`];
  return Number(await gitLine(call, ['rev-list', '--count', ...bound, '--end-of-options', head]));
};

/**
 * Counts how many more commits `head` reaches than `known`; negative after a rewrite. Reads only
 * the commits that differ.
 */
export async function countDifference(call: GitCall, head: string, known: string): Promise<number> {
  const range = `${known}...${head}`;
  const line = await gitLine(call, [
    'rev-list',
    '--count',
    '--left-right',
    '--end-of-options',
    range,
  ]);
  const [left = Number.NaN, right = Number.NaN] = line.split('\t').map(Number);
  return right - left;
}

/** Limits of the statistics: number of newest commits, and time. */
export interface ReadBudget {
  readonly commits: number;
  readonly milliseconds: number;
}

/** Leaves most of a load's deadline for a slow machine. A longer history is counted in part. */
export const widgetBudget: ReadBudget = { commits: 200_000, milliseconds: 4_000 };

/** Yields author and date of each of the newest commits, in seconds since the epoch. */
export async function* authorships(
  call: GitCall,
  head: string,
  budget: ReadBudget,
): AsyncGenerator<{ author: string; seconds: number }> {
  for await (const [author = '', seconds = ''] of readNewest(call, head, {
    format: '%an%x00%at',
    fields: 2,
    budget,
  })) {
    yield { author: shorten(author, 200), seconds: Number(seconds) };
  }
}

/**
 * Yields the commit dates of the newest commits, in seconds since the epoch. Git's own `--since`
 * stops at the first older commit and misses newer ones behind it, so the caller filters.
 */
export async function* commitTimes(
  call: GitCall,
  head: string,
  budget: ReadBudget,
): AsyncGenerator<number> {
  for await (const [seconds = ''] of readNewest(call, head, { format: '%ct', fields: 1, budget }))
    yield Number(seconds);
}

/** Yields fields of the newest commits until the budget is used up. */
async function* readNewest(
  call: GitCall,
  head: string,
  { format, fields, budget }: { format: string; fields: number; budget: ReadBudget },
): AsyncGenerator<string[]> {
  const end = performance.now() + budget.milliseconds;
  const bounds = [`--format=${format}`, `--max-count=${budget.commits}`];
  for await (const record of gitRecords(
    call,
    ['log', '-z', ...plainLog, ...bounds, '--end-of-options', head, '--'],
    fields,
  )) {
    yield record;
    if (performance.now() > end) return;
  }
}
