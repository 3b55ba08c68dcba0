import { createDatabase, type Database } from '@synap/db';
import { createTestDatabase, type TestDatabase } from '@synap/testing';
import { runMigrations } from 'graphile-worker';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createJobWorkersRepository, type JobWorkersRepository } from './job-workers.repository.js';

let testDatabase: TestDatabase;
let database: Database;
let workers: JobWorkersRepository;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  await runMigrations({ connectionString: testDatabase.url });
  database = createDatabase({ url: testDatabase.url });
  workers = createJobWorkersRepository(database.sql);
});
afterEach(async () => {
  await database.db.jobWorker.deleteMany();
  await database.db.$executeRaw`DELETE FROM graphile_worker._private_jobs`;
  await database.db.$executeRaw`DELETE FROM graphile_worker._private_job_queues`;
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

/** A job in its own queue, locked by a worker pool for that many seconds. */
async function hold(task: string, pool: string, seconds: number): Promise<void> {
  await database.db
    .$queryRaw`SELECT id::text FROM graphile_worker.add_job(${task}, queue_name => ${task}, job_key => ${task})`;
  await database.db.$executeRaw`
    UPDATE graphile_worker._private_jobs SET locked_by = ${pool}, attempts = 1, locked_at = now() - make_interval(secs => ${seconds})
    WHERE key = ${task}`;
  await database.db.$executeRaw`
    UPDATE graphile_worker._private_job_queues SET locked_by = ${pool}, locked_at = now() WHERE queue_name = ${task}`;
}
const held = async () => {
  const jobs = await database.db.$queryRaw<{ pool: string }[]>`
    SELECT locked_by AS pool FROM graphile_worker.jobs WHERE locked_by IS NOT NULL`;
  const queues = await database.db.$queryRaw<{ pool: string }[]>`
    SELECT locked_by AS pool FROM graphile_worker._private_job_queues WHERE locked_by IS NOT NULL`;
  expect(new Set(queues.map(({ pool }) => pool))).toEqual(new Set(jobs.map(({ pool }) => pool)));
  return jobs.map(({ pool }) => pool).sort();
};
const age = (pool: string, seconds: number) =>
  database.db
    .$executeRaw`UPDATE job_workers SET beat_at = beat_at - make_interval(secs => ${seconds}) WHERE id = ${pool}`;

describe('the workers of the job queue', () => {
  it('lose their jobs and queues without a recent heartbeat; live ones do not', async () => {
    await workers.beat(['alive', 'silent', 'dead']);
    await age('silent', 20);
    await age('dead', 26);
    for (const pool of ['alive', 'silent', 'dead']) await hold(`of ${pool}`, pool, 3_600);
    expect(await workers.releaseDead(25)).toEqual(['dead']);
    expect(await held()).toEqual(['alive', 'silent']);
    expect(await workers.releaseDead(25)).toEqual([]);
  });

  it('keep their jobs for two minutes if they never sent a heartbeat', async () => {
    await hold('new', 'an older version', 110);
    expect(await workers.releaseDead(25)).toEqual([]);
    await hold('old', 'an older version that died', 121);
    expect(await workers.releaseDead(25)).toEqual(['an older version that died']);
    expect(await held()).toEqual(['an older version']);
  });

  it('use the clock of the database', async () => {
    const first = await workers.beat(['one', 'two']);
    await age('one', 60);
    const second = await workers.beat(['one']);
    const [{ now }] = await database.db.$queryRaw<
      [{ now: number }]
    >`SELECT (extract(epoch FROM now()) * 1000)::float8 AS now`;
    expect(second).toBeGreaterThanOrEqual(first);
    // Stored times are rounded to milliseconds.
    expect(second).toBeLessThanOrEqual(Math.ceil(now));
    const rows = await database.db.jobWorker.findMany();
    expect(rows.every(({ beatAt }) => beatAt.getTime() >= Math.floor(first))).toBe(true);
  });

  it('are purged after a day, with jobs that failed finally', async () => {
    await workers.beat(['alive', 'dead']);
    await age('dead', 90_000);
    for (const task of ['given up', 'given up now', 'waiting'])
      await database.db
        .$queryRaw`SELECT id::text FROM graphile_worker.add_job(${task}, job_key => ${task}, max_attempts => 1)`;
    await database.db.$executeRaw`
      UPDATE graphile_worker._private_jobs SET attempts = 1, run_at = now() - interval '2 days', updated_at = now() - interval '2 days'
      WHERE key = 'given up'`;
    await database.db
      .$executeRaw`UPDATE graphile_worker._private_jobs SET attempts = 1 WHERE key = 'given up now'`;
    await workers.purge();
    expect((await database.db.jobWorker.findMany()).map(({ id }) => id)).toEqual(['alive']);
    const left = await database.db.$queryRaw<
      { key: string }[]
    >`SELECT key FROM graphile_worker.jobs ORDER BY id`;
    expect(left.map(({ key }) => key)).toEqual(['given up now', 'waiting']);
  });
});
