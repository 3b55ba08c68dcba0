import type { ModuleRun, PageInput } from '@synap/contracts';
import { type Db, Prisma } from '@synap/db';
import { cursorId } from '../paging.js';

/** Graphile-worker task that performs a run; its payload is `{ runId }`. */
export const SYNC_TASK = 'module-sync';

/**
 * Maximum attempts of a run. Includes attempts whose worker died, because the run may be the cause.
 */
export const maxAttempts = 3;

const abandoned = `All ${maxAttempts} workers that took this run stopped before it finished; see their logs`;

/** Seconds without a heartbeat after which a run counts as abandoned. */
const leaseSeconds = 30;

const runSelect = {
  id: true,
  moduleId: true,
  status: true,
  trigger: true,
  progressDone: true,
  progressTotal: true,
  events: true,
  error: true,
  createdAt: true,
  startedAt: true,
  finishedAt: true,
} satisfies Prisma.ModuleRunSelect;
type RunRow = Prisma.ModuleRunGetPayload<{ select: typeof runSelect }>;

const toRun = ({ progressDone, progressTotal, ...run }: RunRow): ModuleRun => ({
  ...run,
  progress:
    progressDone === null || progressTotal === null
      ? null
      : { done: progressDone, total: progressTotal },
});

export type RunsRepository = ReturnType<typeof createRunsRepository>;

export function createRunsRepository(db: Db) {
  const leaseEnd = Prisma.sql`clock_timestamp() + make_interval(secs => ${leaseSeconds})`;

  return {
    async listOf(moduleId: string, { cursor, size }: PageInput): Promise<ModuleRun[]> {
      const before = cursorId(cursor);
      const where = { moduleId, ...(before && { id: { lt: before } }) };
      const rows = await db.moduleRun.findMany({
        where,
        orderBy: { id: 'desc' },
        take: size + 1,
        select: runSelect,
      });
      return rows.map(toRun);
    },

    async findOf(moduleId: string, id: string): Promise<ModuleRun | null> {
      const row = await db.moduleRun.findFirst({ where: { id, moduleId }, select: runSelect });
      return row && toRun(row);
    },

    async lastOf(moduleIds: string[]): Promise<Map<string, ModuleRun>> {
      const rows = await db.moduleRun.findMany({
        where: { moduleId: { in: moduleIds } },
        distinct: ['moduleId'],
        orderBy: [{ moduleId: 'asc' }, { id: 'desc' }],
        select: runSelect,
      });
      return new Map(rows.map((row) => [row.moduleId, toRun(row)]));
    },

    /**
     * Inserts a queued run and its job in one transaction. Returns the active run if there is one.
     */
    async enqueue(
      moduleId: string,
      trigger: 'manual' | 'schedule',
      newId: string,
    ): Promise<string | null> {
      const [made] = await db.$queryRaw<{ id: string }[]>`
        INSERT INTO module_runs (id, module_id, trigger)
        VALUES (${newId}::uuid, ${moduleId}, ${trigger}::module_run_trigger)
        ON CONFLICT (module_id) WHERE status IN ('queued', 'running') DO NOTHING
        RETURNING id`;
      if (made) {
        await addJob(made.id);
        return made.id;
      }
      const active = await db.moduleRun.findFirst({
        where: { moduleId, status: { in: ['queued', 'running'] } },
        select: { id: true },
      });
      return active?.id ?? null;
    },

    /** Claims a queued run; null if another worker has it or it has ended. */
    async claim(
      id: string,
      leaseToken: string,
    ): Promise<{ moduleId: string; attempts: number } | null> {
      const [row] = await db.$queryRaw<{ moduleId: string; attempts: number }[]>`
        UPDATE module_runs
        SET status = 'running', attempts = attempts + 1,
          lease_token = ${leaseToken}::uuid, lease_until = ${leaseEnd},
          started_at = coalesce(started_at, clock_timestamp()),
          progress_done = NULL, progress_total = NULL, error = NULL
        WHERE id = ${id}::uuid AND status = 'queued'
        RETURNING module_id AS "moduleId", attempts`;
      return row ?? null;
    },

    /** Extends the lease and stores the progress, if given. False if the lease is lost. */
    async renew(
      id: string,
      leaseToken: string,
      progress?: { done: number; total: number },
    ): Promise<boolean> {
      const count = await db.$executeRaw`
        UPDATE module_runs
        SET lease_until = ${leaseEnd},
          progress_done = coalesce(${progress?.done ?? null}::int, progress_done),
          progress_total = coalesce(${progress?.total ?? null}::int, progress_total)
        WHERE id = ${id}::uuid AND lease_token = ${leaseToken}::uuid AND status = 'running'`;
      return count === 1;
    },

    /** Marks the run as succeeded. False if the lease is lost. */
    async succeed(id: string, leaseToken: string, events: number): Promise<boolean> {
      const count = await db.$executeRaw`
        UPDATE module_runs
        SET status = 'succeeded', events = ${events}, lease_token = NULL, lease_until = NULL,
          finished_at = clock_timestamp()
        WHERE id = ${id}::uuid AND lease_token = ${leaseToken}::uuid AND status = 'running'`;
      return count === 1;
    },

    /** Records a failure: the run is queued again, or fails if `final`. */
    async fail(id: string, leaseToken: string, error: string, final: boolean): Promise<void> {
      await db.$executeRaw`
        UPDATE module_runs
        SET status = ${final ? 'failed' : 'queued'}::module_run_status, error = ${error},
          lease_token = NULL, lease_until = NULL,
          finished_at = CASE WHEN ${final} THEN clock_timestamp() END
        WHERE id = ${id}::uuid AND lease_token = ${leaseToken}::uuid AND status = 'running'`;
    },

    /**
     * Requeues runs without a heartbeat, each with a new job. Fails those without attempts left.
     */
    async requeueAbandoned(): Promise<void> {
      const rows = await db.$queryRaw<{ id: string; status: string }[]>`
        UPDATE module_runs
        SET lease_token = NULL, lease_until = NULL,
          status = (
            CASE WHEN attempts < ${maxAttempts} THEN 'queued' ELSE 'failed' END
          )::module_run_status,
          error = CASE WHEN attempts < ${maxAttempts} THEN error ELSE ${abandoned} END,
          finished_at = CASE WHEN attempts < ${maxAttempts} THEN NULL ELSE clock_timestamp() END
        WHERE id IN (
          SELECT id FROM module_runs
          WHERE status = 'running' AND lease_until < clock_timestamp()
          FOR UPDATE SKIP LOCKED)
        RETURNING id, status::text`;
      for (const { id, status } of rows) if (status === 'queued') await addJob(id);
    },

    /** Adds a job to queued runs whose job is missing or exhausted, because their worker died. */
    async requeueJobless(): Promise<void> {
      const rows = await db.$queryRaw<{ id: string }[]>`
        SELECT id FROM module_runs
        WHERE status = 'queued'
          AND NOT EXISTS (
            SELECT FROM graphile_worker.jobs j
            WHERE j.key = module_runs.id::text
              AND (j.locked_at IS NOT NULL OR j.attempts < j.max_attempts))`;
      for (const { id } of rows) await addJob(id);
    },
  };

  /**
   * Adds the job in the caller's transaction, so that it exists exactly if the run does. `job_key`
   * allows one waiting job per run.
   */
  async function addJob(runId: string): Promise<void> {
    await db.$queryRaw`
      SELECT id::text
      FROM graphile_worker.add_job(${SYNC_TASK}, json_build_object('runId', ${runId}::text),
        max_attempts => ${maxAttempts}::int, job_key => ${runId}::text)`;
  }
}
