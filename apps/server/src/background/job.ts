import type { z } from 'zod';

/** One attempt to run a job. */
export interface Attempt {
  /** True if the job is not retried after a failure. */
  isLast: boolean;
  /** Aborted as soon as the worker closes. */
  closing: AbortSignal;
  /** Aborted when running jobs have had their time to finish. */
  signal: AbortSignal;
}

interface JobSchedule {
  /** Cron expression, in UTC. */
  cron: string;
  maxAttempts: number;
}

interface JobDescriptor<Payload> {
  /** Name of the task in the job queue. */
  name: string;
  schema: z.ZodType<Payload>;
  run: (payload: Payload, attempt: Attempt) => Promise<void>;
  /** Undefined if only calls queue this job. */
  schedule?: JobSchedule;
}

/** A background job that validates its payload. */
export interface Job {
  name: string;
  run: (payload: unknown, attempt: Attempt) => Promise<void>;
  schedule: JobSchedule | undefined;
}

export const defineJob = <Payload>({
  name,
  schema,
  run,
  schedule,
}: JobDescriptor<Payload>): Job => ({
  name,
  run: async (payload, attempt) => run(schema.parse(payload), attempt),
  schedule,
});
