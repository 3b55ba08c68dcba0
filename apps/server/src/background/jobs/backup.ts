import { z } from 'zod';
import { defineJob } from '../job.js';

export interface ScheduledBackup {
  /** Cron expression, in UTC. */
  schedule: string;
  run: (signal: AbortSignal) => Promise<void>;
}

export const backupJob = ({ schedule, run }: ScheduledBackup) =>
  defineJob({
    name: 'backup',
    schema: z.unknown(),
    run: (_payload, { signal }) => run(signal),
    schedule: { cron: schedule, maxAttempts: 3 },
  });
