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

const knownSchema = z.object({ head: z.string().regex(/^[0-9a-f]{40,64}$/), total: z.number() });

/** Reports each commit that is new since the last run, repository by repository; one that cannot be read stops only itself. */
export async function syncRepositories(context: SyncContext<Config>): Promise<void> {
  const { config, progress } = context;
  const repositories = listRepositories(config);
  const faults: string[] = [];
  progress(0, repositories.length);
  for (const [index, repository] of repositories.entries()) {
    try {
      await syncRepository(repository, context);
    } catch (error) {
      if (!(error instanceof ModuleError)) throw error;
      faults.push(`${repository.name}: ${error.message}`);
    }
    progress(index + 1, repositories.length);
  }
  if (faults.length > 0) throw new ModuleError(faults.join('; '));
}

async function syncRepository(listed: ListedRepository, context: SyncContext<Config>): Promise<void> {
  const { store, emit } = context;
  await readRepository(listed, context, async (call, head) => {
    if (head === null) return;
    const key = `repository:${createHash('sha256').update(call.gitDirectory).digest('hex').slice(0, 32)}`;
    const known = knownSchema.safeParse(await store.get(key));
    if (known.success && known.data.head === head) return;
    const fresh = await commitsSince(call, head, known.success ? known.data.head : undefined);
    await emit(fresh.map((commit) => eventOf(commit, listed.name)));
    await store.set(key, { head, total: await countCommits(call, head) });
  });
}

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
