import type { Command, Sql, Statement } from '@synap/db';

const beat: Statement<number> = {
  name: 'beat_of_job_workers',
  text: `
    INSERT INTO job_workers (id, beat_at)
    SELECT unnest($1::text[]), clock_timestamp()
    ON CONFLICT (id) DO UPDATE SET beat_at = clock_timestamp()
    RETURNING (extract(epoch FROM beat_at) * 1000)::float8 AS at`,
  read: (row) => row.number('at'),
};

/**
 * Seconds after which jobs of a pool without heartbeats are released. Such a pool is of an older
 * version: no mail takes it two minutes, and runs are fenced by their lease.
 */
const unknownSeconds = 120;

const releaseDead: Statement<string> = {
  name: 'release_dead_job_workers',
  text: `
    WITH dead AS MATERIALIZED (
      SELECT DISTINCT j.locked_by AS id
      FROM graphile_worker.jobs j
      LEFT JOIN job_workers w ON w.id = j.locked_by
      WHERE j.locked_by IS NOT NULL
        AND CASE
          WHEN w.id IS NULL
          THEN j.locked_at < clock_timestamp() - make_interval(secs => ${unknownSeconds})
          ELSE w.beat_at < clock_timestamp() - make_interval(secs => $1::float8)
        END)
    SELECT id, graphile_worker.force_unlock_workers(ARRAY[id])::text AS unlocked
    FROM dead`,
  read: (row) => row.text('id'),
};

const purgeWorkers: Command = {
  name: 'purge_job_workers',
  text: `DELETE FROM job_workers WHERE beat_at < clock_timestamp() - interval '1 day'`,
};
const purgeJobs: Command = {
  name: 'purge_given_up_jobs',
  text: `
    SELECT graphile_worker.complete_jobs(array_agg(id))
    FROM graphile_worker.jobs
    WHERE attempts >= max_attempts
      AND locked_at IS NULL
      AND greatest(run_at, updated_at) < clock_timestamp() - interval '1 day'`,
};

/** Tracks live workers of the job queue, by the database's clock. */
export function createJobWorkersRepository(sql: Sql) {
  return {
    /**
     * Records a heartbeat of these worker pools.
     * @returns the database time, in milliseconds
     */
    async beat(ids: readonly string[]): Promise<number> {
      return (await sql.many(beat, [ids]))[0] ?? Number.NaN;
    },

    /**
     * Releases the jobs of pools without a recent heartbeat.
     * @returns the ids of those pools
     */
    releaseDead: (deadAfterSeconds: number): Promise<string[]> =>
      sql.many(releaseDead, [deadAfterSeconds]),

    /**
     * Deletes pools without a heartbeat for a day, and jobs that failed finally or were replaced
     * while locked.
     */
    async purge(): Promise<void> {
      await sql.run(purgeWorkers, []);
      await sql.run(purgeJobs, []);
    },
  };
}

export type JobWorkersRepository = ReturnType<typeof createJobWorkersRepository>;
