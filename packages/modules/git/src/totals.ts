import { createHash } from 'node:crypto';
import type { StoreReader } from '@synap/module-sdk';
import { z } from 'zod';
import { type GitCall, GitFailure } from './git.js';
import { countCommits, countDifference } from './history.js';

const knownSchema = z.object({
  head: z.string().regex(/^[0-9a-f]{40,64}$/),
  total: z.number(),
  /**
   * Unix seconds; see `eventKey`. Absent in rows of versions that used the hash alone as the key.
   */
  ownKeysFrom: z.number().optional(),
});

/** State of a repository at the last sync. */
export type KnownRepository = z.output<typeof knownSchema>;

/** Identifies a repository by its path, in the store and in the keys of events. */
export const repositoryId = ({ gitDirectory }: GitCall): string =>
  createHash('sha256').update(gitDirectory).digest('hex').slice(0, 32);

export const storeKey = (call: GitCall): string => `repository:${repositoryId(call)}`;

export async function knownRepository(
  call: GitCall,
  store: StoreReader,
): Promise<KnownRepository | undefined> {
  return knownSchema.safeParse(await store.get(storeKey(call))).data;
}

/**
 * Counts the commits reachable from `head`, starting from the count of the last sync if there is
 * one.
 */
export async function totalFrom(
  call: GitCall,
  head: string,
  known: KnownRepository | undefined,
): Promise<number | undefined> {
  if (known === undefined) return undefined;
  if (known.head === head) return known.total;
  try {
    return known.total + (await countDifference(call, head, known.head));
  } catch (error) {
    // A rewritten history may lack the known commit.
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}

/** Limit of the count before the first sync; takes about a second. */
const countLimit = 100_000;

export interface Total {
  readonly total: number;
  /** False if there may be more. */
  readonly totalIsComplete: boolean;
}

/**
 * Milliseconds after which a widget shows an inexact count, so that the newest commits do not wait
 * for it.
 */
const countBudgetMs = 3_000;

/**
 * Returns the total for a widget: exact after a sync, otherwise at most `limit`. A lower bound if
 * counting takes too long.
 */
export async function totalForWidget(
  call: GitCall,
  head: string,
  known: KnownRepository | undefined,
  limit = countLimit,
): Promise<Total> {
  const budget = AbortSignal.timeout(countBudgetMs);
  const bounded = { ...call, signal: AbortSignal.any([call.signal, budget]) };
  try {
    const exact = await totalFrom(bounded, head, known);
    if (exact !== undefined) return { total: exact, totalIsComplete: true };
    const total = await countCommits(bounded, head, limit);
    return { total, totalIsComplete: total < limit };
  } catch (error) {
    if (!budget.aborted || call.signal.aborted) throw error;
    return { total: known?.total ?? 0, totalIsComplete: false };
  }
}
