import { ModuleError, type SyncContext } from '@synap/module-sdk';
import type { Config } from './config.js';
import { type GitCall, GitFailure } from './git.js';
import { type Commit, countCommits, newestCommits } from './history.js';
import { readDeadlines, readRepository } from './reading.js';
import { type ListedRepository, listRepositories } from './repository.js';
import {
  type KnownRepository,
  knownRepository,
  repositoryId,
  storeKey,
  totalFrom,
} from './totals.js';

/** Maximum commits per run and repository. Of a longer history the newest are reported. */
const mostCommits = 1_000;
/** Commits after which a run leaves the other repositories to the next run. */
const enoughCommits = 5_000;

/**
 * Emits an event for each commit that is new since the last run, repository by repository. An
 * unreadable repository does not stop the others.
 * @throws ModuleError if none can be read
 */
export async function syncRepositories(context: SyncContext<Config>): Promise<void> {
  const { config, progress, log } = context;
  const repositories = listRepositories(config);
  const faults: string[] = [];
  let reported = 0;
  progress(0, repositories.length);
  for (const [index, repository] of repositories.entries()) {
    try {
      reported += await syncRepository(repository, context);
    } catch (error) {
      if (!(error instanceof ModuleError)) throw error;
      faults.push(error.message);
      log.warn('A repository was left out', { repository: repository.name, error: error.message });
    }
    progress(index + 1, repositories.length);
    if (reported >= enoughCommits) break;
  }
  if (faults.length > 0 && faults.length === repositories.length)
    throw new ModuleError(faults.join('; '));
}

/** Emits the new commits of one repository and returns their number. */
const syncRepository = (listed: ListedRepository, context: SyncContext<Config>): Promise<number> =>
  readRepository(
    listed,
    context,
    async (call, head) => {
      if (head === null) return 0;
      const known = await knownRepository(call, context.store);
      if (known?.head === head && known.ownKeysFrom !== undefined) return 0;
      const ownKeysFrom =
        known === undefined ? 0 : (known.ownKeysFrom ?? Math.ceil(Date.now() / 1_000));
      const fresh = known?.head === head ? [] : await commitsSince(call, head, known);
      const total = (await totalFrom(call, head, known)) ?? (await countCommits(call, head));
      await context.emit(
        fresh.map((commit) =>
          eventOf(commit, { name: listed.name, id: repositoryId(call), ownKeysFrom }),
        ),
      );
      await context.store.set(storeKey(call), { head, total, ownKeysFrom });
      return fresh.length;
    },
    readDeadlines.sync,
  );

async function commitsSince(
  call: GitCall,
  head: string,
  known: KnownRepository | undefined,
): Promise<Commit[]> {
  try {
    return await newestCommits(call, { head, since: known?.head, limit: mostCommits });
  } catch (error) {
    // The last known commit is gone because the history was rewritten. Known events are dropped by
    // their key.
    if (known !== undefined && error instanceof GitFailure)
      return newestCommits(call, { head, limit: mostCommits });
    throw error;
  }
}

interface EventSource {
  readonly name: string;
  readonly id: string;
  readonly ownKeysFrom: number;
}

/**
 * Includes the repository, so that repositories with common commits each report them. Commits that
 * an earlier version may have reported keep its key, the hash alone, so that an upgrade does not
 * report them again.
 */
const eventKey = ({ hash, committedAt }: Commit, { id, ownKeysFrom }: EventSource): string =>
  Date.parse(committedAt) / 1_000 < ownKeysFrom ? hash : `${id}:${hash}`;

function eventOf(commit: Commit, source: EventSource) {
  const { hash, author, date, committedAt, subject } = commit;
  return {
    key: eventKey(commit, source),
    type: 'commit',
    time: new Date(date),
    subject: source.name.slice(-200),
    payload: { repository: source.name, hash, author, committedAt, subject },
  };
}
