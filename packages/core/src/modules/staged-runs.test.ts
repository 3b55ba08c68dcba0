import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '../ids.js';
import {
  type Behave,
  event,
  openSyncFixture,
  type SyncFixture,
} from './module-sync.test.fixture.js';

const signal = new AbortController().signal;
const attempt = { lastAttempt: false, signal };

let fixture: SyncFixture;
let database: SyncFixture['database'];
let arrange: SyncFixture['arrange'];

beforeAll(async () => {
  fixture = await openSyncFixture();
  ({ database, arrange } = fixture);
});
afterEach(() => fixture.clear());
afterAll(() => fixture.close());

const stored = async () => ({
  events: await database.db.event.count(),
  entries: await database.db.moduleEntry.count(),
  staged: (await database.db.stagedEvent.count()) + (await database.db.stagedEntry.count()),
});
const nothing = { events: 0, entries: 0, staged: 0 };
const large = { text: 'x'.repeat(6_000) };

describe('the data of a run', () => {
  it('is staged in the database; the server buffers at most one statement', async () => {
    const total = 1_000;
    const waiting: number[] = [];
    const { sync, enqueue, run } = arrange(async ({ onEvents }) => {
      for (let emitted = 1; emitted <= total; emitted += 1) {
        await onEvents([event(`${emitted}`, large)]);
        if (emitted % 50 === 0) waiting.push(emitted - (await database.db.stagedEvent.count()));
      }
    });
    const id = await enqueue();
    await sync.perform(id, attempt);
    // 128 KiB of events of 6 kB.
    expect(Math.max(...waiting)).toBeLessThanOrEqual(22);
    expect(await run(id)).toMatchObject({ status: 'succeeded', events: total });
    expect(await stored()).toEqual({ events: total, entries: 0, staged: 0 });
  });

  it('is visible to the run at once, and to others after its end', async () => {
    const { sync, enqueue, entries, store } = arrange(async ({ moduleId, runId }, own) => {
      const scope = { moduleId, runId };
      expect(await own.get(scope, 'old')).toBe('value');
      await own.set(scope, 'old', null);
      expect(await own.get(scope, 'old')).toBeNull();
      await own.set(scope, 'old', ['new']);
      expect(await own.get(scope, 'old')).toEqual(['new']);
      await own.set(scope, 'gone', 1);
      await own.delete(scope, 'gone');
      await own.delete(scope, 'kept until now');
      expect([await own.get(scope, 'gone'), await own.get(scope, 'kept until now')]).toEqual([
        null,
        null,
      ]);
      expect(await store.store.get({ moduleId }, 'old')).toBe('value');
    });
    for (const key of ['old', 'kept until now'])
      await database.db.moduleEntry.create({ data: { moduleId: 'git', key, value: 'value' } });
    await sync.perform(await enqueue(), attempt);
    expect(await entries.find('git', 'old')).toEqual(['new']);
    expect(await stored()).toEqual({ events: 0, entries: 1, staged: 0 });
  });

  it('is moved completely, even with many statements', async () => {
    const { sync, enqueue, run } = arrange(async ({ moduleId, runId, onEvents }, store) => {
      for (let n = 0; n < 130; n += 1) await store.set({ moduleId, runId }, `key ${n}`, n);
      for (let n = 0; n < 130; n += 2) await store.delete({ moduleId, runId }, `key ${n}`);
      await onEvents(Array.from({ length: 400 }, (_, n) => event(`${n}`)));
      await onEvents(Array.from({ length: 400 }, (_, n) => event(`${n + 300}`, { again: true })));
    });
    const id = await enqueue();
    await sync.perform(id, attempt);
    expect(await run(id)).toMatchObject({ status: 'succeeded', events: 700 });
    expect(await stored()).toEqual({ events: 700, entries: 65, staged: 0 });
    const events = await database.db.event.findMany();
    expect(new Set(events.map(({ dedupeKey }) => dedupeKey)).size).toBe(700);
    // Of events with the same key, the first counts.
    expect(events.find(({ dedupeKey }) => dedupeKey === '350')?.payload).toEqual({ key: '350' });
  });

  it('counts progress that no column could hold', async () => {
    const { sync, enqueue, run } = arrange(async ({ onProgress }) =>
      onProgress?.({ done: 1e12, total: 0.5 }),
    );
    const id = await enqueue();
    await sync.perform(id, attempt);
    expect(await run(id)).toMatchObject({
      status: 'succeeded',
      progress: { done: 2_147_483_647, total: 1 },
    });
  });
});

describe('a run beyond its limits', () => {
  const limits = { events: 1_000, writes: 100, bytes: 3_000_000 };
  const cases: [string, string, Behave][] = [
    [
      'emits events',
      'emitted more than 1,000 events',
      async ({ onEvents }) => {
        for (let n = 0; ; n += 1) await onEvents([event(`${n}`)]);
      },
    ],
    [
      'emits large events',
      'stored more than 3 MB',
      async ({ onEvents }) => {
        for (let n = 0; ; n += 1) await onEvents([event(`${n}`, large)]);
      },
    ],
    [
      'writes one entry over and over',
      'wrote to its store more than 100 times',
      async (scope, store) => {
        for (let n = 0; ; n += 1) await store.set(scope, 'place', n);
      },
    ],
    [
      'removes entries',
      'wrote to its store more than 100 times',
      async (scope, store) => {
        for (let n = 0; ; n += 1) await store.delete(scope, `${n}`);
      },
    ],
    [
      'writes large entries',
      'stored more than 3 MB',
      async (scope, store) => {
        for (let n = 0; ; n += 1) await store.set(scope, `${n}`, 'x'.repeat(900_000));
      },
    ],
  ];

  it.each(cases)(
    '%s: it fails for good, names its module and the limit, and leaves nothing',
    async (_, limit, behave) => {
      const { sync, enqueue, run } = arrange(behave, { limits });
      const id = await enqueue();
      const message = `Module "git" ${limit} in one run`;
      await expect(sync.perform(id, attempt)).rejects.toMatchObject({
        message: expect.stringContaining(message),
        final: true,
      });
      expect(await run(id)).toMatchObject({
        status: 'failed',
        events: 0,
        error: expect.stringContaining(message),
      });
      expect(await stored()).toEqual(nothing);
    },
  );

  it('differs from a run exactly at the limits', async () => {
    const { sync, enqueue, run } = arrange(
      async ({ moduleId, runId, onEvents }, store) => {
        for (let n = 0; n < limits.events; n += 100)
          await onEvents(Array.from({ length: 100 }, (_, m) => event(`${n + m}`)));
        for (let n = 0; n < limits.writes; n += 1) await store.set({ moduleId, runId }, 'place', n);
      },
      { limits },
    );
    const id = await enqueue();
    await sync.perform(id, attempt);
    expect(await run(id)).toMatchObject({ status: 'succeeded', events: limits.events });
  });
});

describe('the staged data of an attempt', () => {
  const vanish = () =>
    database.db.$executeRaw`UPDATE module_runs SET lease_until = now() - interval '1 second'`;

  it('is invisible to the next attempt, which discards it', async () => {
    const { sync, runs, stages, enqueue, run } = arrange(({ onEvents }) =>
      onEvents([event('second')]),
    );
    const id = await enqueue();
    const lost = uuidv7();
    await runs.claim(id, lost);
    await stages.open(lost, id);
    await stages.addEvents(lost, 0, JSON.stringify([event('first')]));
    await stages.putEntry(lost, 'place', '1');
    await vanish();
    await sync.recover();
    await sync.perform(id, attempt);
    expect(await run(id)).toMatchObject({ status: 'succeeded', events: 1 });
    expect(await stored()).toEqual({ events: 1, entries: 0, staged: 0 });
    // The worker resumes and does not know that it was considered dead.
    expect(await stages.addEvents(lost, 1, JSON.stringify([event('late')]))).toBe(false);
    expect(await stages.putEntry(lost, 'place', '2')).toBe(false);
  });

  it('is committed once when a worker is suspended past its lease and comes back', async () => {
    let resume = () => {};
    const suspended = new Promise<void>((resolve) => {
      resume = resolve;
    });
    let reached = () => {};
    const staged = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const asleep = arrange(
      async ({ moduleId, runId, onEvents }, store) => {
        await onEvents([event('a'), event('of the first')]);
        await store.set({ moduleId, runId }, 'place', 'first');
        reached();
        await suspended;
      },
      { heartbeat: 3_600_000 },
    );
    const other = arrange(async ({ moduleId, runId, onEvents }, store) => {
      await onEvents([event('a'), event('of the second')]);
      await store.set({ moduleId, runId }, 'place', 'second');
    });
    const id = await asleep.enqueue();
    const sleeping = asleep.sync.perform(id, attempt);
    await staged;
    await vanish();
    await other.sync.recover();
    await other.sync.perform(id, attempt);
    resume();
    await expect(sleeping).rejects.toThrow('Another worker took the run over');
    expect(await other.run(id)).toMatchObject({ status: 'succeeded', events: 2 });
    expect((await database.db.event.findMany()).map(({ dedupeKey }) => dedupeKey).sort()).toEqual([
      'a',
      'of the second',
    ]);
    expect(await other.entries.find('git', 'place')).toBe('second');
    expect(await stored()).toEqual({ events: 2, entries: 1, staged: 0 });
  });

  it('is not committed if the database lost it in a crash', async () => {
    const { sync, enqueue, run } = arrange(async ({ moduleId, runId }, store) => {
      await store.set({ moduleId, runId }, 'place', 1);
      await database.db.moduleStage.deleteMany();
    });
    const id = await enqueue();
    await expect(sync.perform(id, attempt)).rejects.toThrow(
      'The database was restarted during the run',
    );
    expect(await run(id)).toMatchObject({ status: 'queued' });
    expect(await stored()).toEqual(nothing);
  });

  it('is purged after the end of its attempt, not before', async () => {
    const { runs, stages, store, enqueue } = arrange(async () => {});
    const id = await enqueue();
    const token = uuidv7();
    await runs.claim(id, token);
    await stages.open(token, id);
    await stages.addEvents(token, 0, JSON.stringify([event('a')]));
    await store.purge();
    expect(await stored()).toEqual({ ...nothing, staged: 1 });
    await runs.fail(id, token, 'It died', true);
    await store.purge();
    expect(await stored()).toEqual(nothing);
  });
});

describe('a run whose workers die', () => {
  it('fails after three of them, because it may be the cause', async () => {
    const { sync, runs, enqueue, run } = arrange(async () => {});
    const id = await enqueue();
    for (const status of ['queued', 'queued', 'failed']) {
      await runs.claim(id, uuidv7());
      await database.db
        .$executeRaw`UPDATE module_runs SET lease_until = now() - interval '1 second'`;
      await sync.recover();
      expect(await run(id)).toMatchObject({ status });
    }
    expect(await run(id)).toMatchObject({
      error: expect.stringMatching(/^All 3 workers/),
      finishedAt: expect.any(Date),
    });
  });

  it('gets a new job if its own is missing or exhausted, but not while one is waiting or locked', async () => {
    const { sync, enqueue } = arrange(async () => {});
    const id = await enqueue();
    await sync.recover();
    expect(await fixture.jobs()).toEqual([id]);
    await database.db
      .$executeRaw`UPDATE graphile_worker._private_jobs SET locked_at = now(), locked_by = 'somebody'`;
    await sync.recover();
    expect(await fixture.jobs()).toEqual([]);
    await database.db
      .$executeRaw`UPDATE graphile_worker._private_jobs SET locked_at = NULL, locked_by = NULL, attempts = max_attempts`;
    await sync.recover();
    expect(await fixture.jobs()).toEqual([id]);
    await database.db.$executeRaw`DELETE FROM graphile_worker._private_jobs`;
    await sync.recover();
    expect(await fixture.jobs()).toEqual([id]);
  });
});
