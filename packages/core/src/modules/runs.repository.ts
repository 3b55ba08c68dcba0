import type { ModuleRun, PageInput } from '@synap/contracts';
import { type Db, Prisma } from '@synap/db';
import type { ModuleEvent } from '@synap/module-runtime';
import { cursorId } from '../paging.js';

/** Graphile-worker task that performs a run; its payload is `{ runId }`. */
export const SYNC_TASK = 'module-sync';

/** Seconds a worker may be silent before its run counts as abandoned. */
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
  progress: progressDone === null || progressTotal === null ? null : { done: progressDone, total: progressTotal },
});

export type RunsRepository = ReturnType<typeof createRunsRepository>;

export function createRunsRepository(db: Db) {
  const leaseEnd = Prisma.sql`clock_timestamp() + make_interval(secs => ${leaseSeconds})`;

  return {
    async listOf(moduleId: string, { cursor, size }: PageInput): Promise<ModuleRun[]> {
      const before = cursorId(cursor);
      const where = { moduleId, ...(before && { id: { lt: before } }) };
      const rows = await db.moduleRun.findMany({ where, orderBy: { id: 'desc' }, take: size + 1, select: runSelect });
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

    /** A queued run and, in the same transaction, its job. Answers the run that is queued or running already, where there is one. */
    async enqueue(moduleId: string, trigger: 'manual' | 'schedule', newId: string): Promise<string | null> {
      const [made] = await db.$queryRaw<{ id: string }[]>`
        INSERT INTO module_runs (id, module_id, trigger) VALUES (${newId}::uuid, ${moduleId}, ${trigger}::module_run_trigger)
        ON CONFLICT (module_id) WHERE status IN ('queued', 'running') DO NOTHING RETURNING id`;
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

    /** Takes a queued run; its module's id, or `null` when somebody else has it or it has ended. */
    async claim(id: string, leaseToken: string): Promise<{ moduleId: string } | null> {
      const [row] = await db.$queryRaw<{ moduleId: string }[]>`
        UPDATE module_runs SET status = 'running', lease_token = ${leaseToken}::uuid, lease_until = ${leaseEnd},
          started_at = coalesce(started_at, clock_timestamp()), progress_done = NULL, progress_total = NULL, error = NULL
        WHERE id = ${id}::uuid AND status = 'queued' RETURNING module_id AS "moduleId"`;
      return row ?? null;
    },

    /** Keeps the lease and, where given, notes the progress. False when the lease is lost. */
    async renew(id: string, leaseToken: string, progress?: { done: number; total: number }): Promise<boolean> {
      const count = await db.$executeRaw`
        UPDATE module_runs SET lease_until = ${leaseEnd}, progress_done = coalesce(${progress?.done ?? null}::int, progress_done),
          progress_total = coalesce(${progress?.total ?? null}::int, progress_total)
        WHERE id = ${id}::uuid AND lease_token = ${leaseToken}::uuid AND status = 'running'`;
      return count === 1;
    },

    /** Ends the run well, if the lease still holds. */
    async succeed(id: string, leaseToken: string, events: number): Promise<boolean> {
      const count = await db.$executeRaw`
        UPDATE module_runs SET status = 'succeeded', events = ${events}, lease_token = NULL, lease_until = NULL, finished_at = clock_timestamp()
        WHERE id = ${id}::uuid AND lease_token = ${leaseToken}::uuid AND status = 'running'`;
      return count === 1;
    },

    /** Notes a failure: the run waits for another attempt, or ends. */
    async fail(id: string, leaseToken: string, error: string, final: boolean): Promise<void> {
      await db.$executeRaw`
        UPDATE module_runs SET status = ${final ? 'failed' : 'queued'}::module_run_status, error = ${error}, lease_token = NULL, lease_until = NULL,
          finished_at = CASE WHEN ${final} THEN clock_timestamp() END
        WHERE id = ${id}::uuid AND lease_token = ${leaseToken}::uuid AND status = 'running'`;
    },

    /** Gives a new job to runs whose worker fell silent, and to queued ones without any, as a restored backup has them. */
    async requeueAbandoned(): Promise<string[]> {
      const rows = await db.$queryRaw<{ id: string }[]>`
        UPDATE module_runs SET status = 'queued', lease_token = NULL, lease_until = NULL
        WHERE (status = 'running' AND lease_until < clock_timestamp())
          OR (status = 'queued' AND NOT EXISTS (SELECT FROM graphile_worker.jobs j WHERE j.key = module_runs.id::text))
        RETURNING id`;
      for (const { id } of rows) await addJob(id);
      return rows.map(({ id }) => id);
    },

    /** Stores new events and answers how many there were; those whose key is known are left as they are. */
    appendEvents(moduleId: string, events: readonly ModuleEvent[], newId: () => string): Promise<number> {
      const rows = events.map(({ key, type, subject, time, payload }) => ({ id: newId(), key, type, subject, time, payload }));
      return db.$executeRaw`
        INSERT INTO events (id, source, type, subject, module_id, dedupe_key, payload, occurred_at)
        SELECT e.id, 'module', e.type, e.subject, ${moduleId}, e.key, e.payload, e.time
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          AS e(id uuid, key text, type text, subject text, time timestamptz, payload jsonb)
        ON CONFLICT (module_id, dedupe_key) DO NOTHING`;
    },
  };

  /** In the caller's transaction: the job is there exactly when the run is. `job_key` keeps one waiting job a run. */
  async function addJob(runId: string): Promise<void> {
    await db.$queryRaw`
      SELECT id::text FROM graphile_worker.add_job(${SYNC_TASK}, json_build_object('runId', ${runId}::text), max_attempts => 3, job_key => ${runId}::text)`;
  }
}
