import type { Command, Sql, Statement } from '@synap/db';

const beat: Statement<number> = {
  name: 'beat_of_job_workers',
  text: `INSERT INTO job_workers (id, beat_at) SELECT unnest($1::text[]), clock_timestamp()
    ON CONFLICT (id) DO UPDATE SET beat_at = clock_timestamp()
    RETURNING (extract(epoch FROM beat_at) * 1000)::float8 AS at`,
  read: (row) => row.number('at'),
};

/**
 * A pool that never beat belongs to an older version: no mail takes it two minutes, and runs are
 * fenced by their lease.
 */
const unknownSeconds = 120;

const releaseDead: Statement<string> = {
  name: 'release_dead_job_workers',
  text: `WITH dead AS MATERIALIZED (
      SELECT DISTINCT j.locked_by AS id FROM graphile_worker.jobs j LEFT JOIN job_workers w ON w.id = j.locked_by
      WHERE j.locked_by IS NOT NULL AND CASE WHEN w.id IS NULL
        THEN j.locked_at < clock_timestamp() - make_interval(secs => ${unknownSeconds})
        ELSE w.beat_at < clock_timestamp() - make_interval(secs => $1::float8) END)
    SELECT id, graphile_worker.force_unlock_workers(ARRAY[id])::text AS unlocked FROM dead`,
  read: (row) => row.text('id'),
};

const purgeWorkers: Command = {
  name: 'purge_job_workers',
  text: `DELETE FROM job_workers WHERE beat_at < clock_timestamp() - interval '1 day'`,
};
const purgeJobs: Command = {
  name: 'purge_given_up_jobs',
  text: `SELECT graphile_worker.complete_jobs(array_agg(id)) FROM graphile_worker.jobs
    WHERE attempts >= max_attempts AND locked_at IS NULL AND greatest(run_at, updated_at) < clock_timestamp() - interval '1 day'`,
};

/** The workers of the job queue that are alive, by the clock of the database. */
export function createJobWorkersRepository(sql: Sql) {
  return {
    /** Notes that these pools of workers are alive. @returns the time, in milliseconds */
    async beat(ids: readonly string[]): Promise<number> {
      return (await sql.many(beat, [ids]))[0] ?? Number.NaN;
    },

    /** Frees the jobs of pools that have not beaten for so long. @returns the ids of those pools */
    releaseDead: (deadAfterSeconds: number): Promise<string[]> =>
      sql.many(releaseDead, [deadAfterSeconds]),

    /**
     * Forgets pools that are long dead, and jobs that were given up or replaced while a worker held
     * them.
     */
    async purge(): Promise<void> {
      await sql.run(purgeWorkers, []);
      await sql.run(purgeJobs, []);
    },
  };
}

export type JobWorkersRepository = ReturnType<typeof createJobWorkersRepository>;
