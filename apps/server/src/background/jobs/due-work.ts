import { z } from 'zod';
import { defineJob } from '../job.js';
import { unlessRunning } from '../unless-running.js';

/** Queues the work that has become due, each minute. */
export const dueWorkJob = (queueDueWork: () => Promise<void>) =>
  defineJob({
    name: 'module-schedule',
    schema: z.unknown(),
    run: unlessRunning(queueDueWork),
    schedule: { cron: '* * * * *', maxAttempts: 1 },
  });
