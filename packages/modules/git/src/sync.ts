import { createHash } from 'node:crypto';
import { ModuleError, type SyncContext } from '@synap/module-sdk';
import { z } from 'zod';
import type { Config } from './config.js';
import { type GitCall, GitFailure } from './git.js';
import { type Commit, countCommits, newestCommits } from './history.js';
import { readRepository } from './reading.js';
import { type ListedRepository, listRepositories } from './repository.js';

/** The most commits a run reports of one repository; of a longer history it reports the newest. */
const mostCommits = 1_000;
/** A run that has reported so many leaves the other repositories to the next one. */
const enoughCommits = 5_000;

const knownSchema = z.object({ head: z.string().regex(/^[0-9a-f]{40,64}$/), total: z.number() });

/**
 * Reports each commit that is new since the last run, repository by repository. One that cannot be read stops only itself.
 * @throws ModuleError when none can be read.
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
  if (faults.length > 0 && faults.length === repositories.length) throw new ModuleError(faults.join('; '));
}

/** How many commits were new. */
const syncRepository = (listed: ListedRepository, context: SyncContext<Config>): Promise<number> =>
  readRepository(listed, context, async (call, head) => {
    if (head === null) return 0;
    const key = `repository:${createHash('sha256').update(call.gitDirectory).digest('hex').slice(0, 32)}`;
    const known = knownSchema.safeParse(await context.store.get(key));
    if (known.success && known.data.head === head) return 0;
    const fresh = await commitsSince(call, head, known.success ? known.data.head : undefined);
    await context.emit(fresh.map((commit) => eventOf(commit, listed.name)));
    await context.store.set(key, { head, total: await countCommits(call, head) });
    return fresh.length;
  });

async function commitsSince(call: GitCall, head: string, since: string | undefined): Promise<Commit[]> {
  try {
    return await newestCommits(call, { head, since, limit: mostCommits });
  } catch (error) {
    // The last known commit is gone: history was rewritten. Events known already are dropped by their key.
    if (since !== undefined && error instanceof GitFailure) return newestCommits(call, { head, limit: mostCommits });
    throw error;
  }
}

const eventOf = ({ hash, author, date, subject }: Commit, repository: string) => ({
  ...{ key: hash, type: 'commit', time: new Date(date), subject: repository.slice(-200) },
  payload: { repository, hash, author, subject },
});
