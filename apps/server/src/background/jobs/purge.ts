import { z } from 'zod';
import { defineJob } from '../job.js';
import { unlessRunning } from '../unless-running.js';

/** Deletes one kind of expired data. */
export type Purge = () => Promise<void>;

/** Deletes expired data each hour. A failure does not stop the other purges. */
export const purgeJob = (purges: readonly Purge[]) =>
  defineJob({
    name: 'purge',
    schema: z.unknown(),
    run: unlessRunning(async () => {
      const results = await Promise.allSettled(purges.map((purge) => purge()));
      const faults = results.flatMap((result) =>
        result.status === 'rejected' ? [result.reason] : [],
      );
      if (faults.length > 0)
        throw new AggregateError(faults, 'Some expired data could not be purged');
    }),
    schedule: { cron: '0 * * * *', maxAttempts: 1 },
  });
