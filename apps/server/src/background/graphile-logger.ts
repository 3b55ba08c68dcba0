import { Logger as GraphileLogger } from 'graphile-worker';
import type { Logger } from 'pino';
import { z } from 'zod';
import { scrubText } from '../scrub.js';

const loggedJobSchema = z.object({
  id: z.string(),
  task_identifier: z.string(),
  attempts: z.number(),
});

/** Writes the job queue's errors to our log, and the rest of its lines for debugging only. */
export function graphileLoggerFor(log: Logger): GraphileLogger {
  return new GraphileLogger(() => (level, message, meta) => {
    if (level !== 'error') return log.debug(message);
    // The message quotes the error, and so does the job's row, of what failed before.
    const { job, ...rest } = meta ?? {};
    log.error({ ...rest, job: loggedJobSchema.safeParse(job).data }, scrubText(message));
  });
}
