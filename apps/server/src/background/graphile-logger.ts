import { Logger as GraphileLogger } from 'graphile-worker';
import type { Logger } from 'pino';
import { z } from 'zod';
import { scrubText } from '../observability/scrub.js';

const loggedJobSchema = z.object({
  id: z.string(),
  task_identifier: z.string(),
  attempts: z.number(),
});

/** Logs the job queue's errors, and its other lines at debug level. */
export function graphileLoggerFor(log: Logger): GraphileLogger {
  return new GraphileLogger(() => (level, message, meta) => {
    if (level !== 'error') return log.debug(message);
    // The message quotes the error, and the job's row quotes earlier ones.
    const { job, ...rest } = meta ?? {};
    log.error({ ...rest, job: loggedJobSchema.safeParse(job).data }, scrubText(message));
  });
}
