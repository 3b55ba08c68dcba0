import { ModuleCallError } from '@synap/module-runtime';
import { until } from '@synap/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createIdempotent } from '../idempotency/idempotent.js';
import { uuidv7 } from '../ids.js';
import { event, info, openSyncFixture, type SyncFixture } from './module-sync.test.fixture.js';
import { createModulesService } from './modules.service.js';

const signal = new AbortController().signal;

let fixture: SyncFixture;
let database: SyncFixture['database'];
let arrange: SyncFixture['arrange'];
let jobs: SyncFixture['jobs'];

beforeAll(async () => {
  fixture = await openSyncFixture();
  ({ database, arrange, jobs } = fixture);
});
afterEach(() => fixture.clear());
afterAll(() => fixture.close());

describe('a run of a sync job', () => {
  it('commits its events, store entries and end together', async () => {
    const { sync, synced, enqueue, run, entries } = arrange(
      async ({ moduleId, runId, onEvents, onProgress }, store) => {
        const scope = { moduleId, runId };
        onProgress?.({ done: 1, total: 2 });
        await store.set(scope, 'cursor', { page: 2 });
        expect(await store.get(scope, 'cursor')).toEqual({ page: 2 });
        await onEvents([event('a'), event('b'), event('a')]);
        expect(await database.db.event.count()).toBe(0);
        expect(await database.db.moduleEntry.count()).toBe(0);
      },
    );
    const id = await enqueue();
    await sync.perform(id, { lastAttempt: true, signal });
    expect(await run(id)).toMatchObject({
      status: 'succeeded',
      events: 2,
      trigger: 'manual',
      error: null,
    });
    expect(await entries.find('git', 'cursor')).toEqual({ page: 2 });
    expect(await database.db.event.findMany({ orderBy: { dedupeKey: 'asc' } })).toMatchObject([
      {
        dedupeKey: 'a',
        source: 'module',
        moduleId: 'git',
        subject: 'synap',
        occurredAt: new Date('2026-01-02T03:04:05Z'),
        payload: { key: 'a' },
      },
      { dedupeKey: 'b' },
    ]);
    expect(synced).toEqual(['git']);
  });

  it('stores an event once, however often it is emitted', async () => {
    const { sync, enqueue, run } = arrange(({ onEvents }) => onEvents([event('a')]));
    for (const events of [1, 0]) {
      const id = await enqueue();
      await sync.perform(id, { lastAttempt: true, signal });
      expect(await run(id)).toMatchObject({ status: 'succeeded', events });
    }
  });

  it('that fails shows the reason to superusers only, because it may name paths', async () => {
    const { sync, runs, transaction, enqueue } = arrange(async () => {
      throw new ModuleCallError('failed', 'There is no /srv/git/secret');
    });
    const runId = await enqueue();
    await expect(sync.perform(runId, { lastAttempt: true, signal })).rejects.toThrow(
      '/srv/git/secret',
    );
    const registry = { list: () => [info('git')], get: info };
    const service = createModulesService({
      registry,
      runs,
      idempotent: createIdempotent(transaction),
      newId: uuidv7,
    });
    for (const role of ['superuser', 'user'] as const) {
      const actor = {
        kind: 'user',
        userId: uuidv7(),
        email: 'ann@example.org',
        role,
        sessionId: null,
        verified: true,
      } as const;
      const call = { actor, address: '192.0.2.1', requestId: 'r', userAgent: undefined, signal };
      const answers = [
        await service.get(call, { id: 'git' }),
        await service.list(call, { size: 10 }),
        await service.runs(call, { id: 'git', size: 10 }),
        await service.run(call, { id: 'git', runId }),
      ];
      for (const answer of answers) {
        expect(JSON.stringify(answer).includes('/srv/git/secret')).toBe(role === 'superuser');
        expect(JSON.stringify(answer)).toContain(
          role === 'superuser' ? 'failed' : 'superusers can see the reason',
        );
      }
    }
  });

  it('that fails leaves no data and waits for its next attempt, except after the last', async () => {
    const { sync, enqueue, run } = arrange(async ({ moduleId, runId, onEvents }, store) => {
      await store.set({ moduleId, runId }, 'cursor', 1);
      await onEvents([event('a')]);
      throw new ModuleCallError('failed', 'The feed is away');
    });
    const id = await enqueue();
    await expect(sync.perform(id, { lastAttempt: false, signal })).rejects.toThrow(
      'The feed is away',
    );
    expect(await run(id)).toMatchObject({
      status: 'queued',
      error: 'The feed is away',
      finishedAt: null,
    });
    await expect(sync.perform(id, { lastAttempt: true, signal })).rejects.toThrow(
      'The feed is away',
    );
    expect(await run(id)).toMatchObject({
      status: 'failed',
      error: 'The feed is away',
      finishedAt: expect.any(Date),
    });
    expect(await database.db.event.count()).toBe(0);
    expect(await database.db.moduleEntry.count()).toBe(0);
  });

  it('that fails internally shows no reason; the log does', async () => {
    const { sync, enqueue, run } = arrange(async ({ onEvents }) => {
      await onEvents([event('a')]);
      throw new Error('relation "secrets" does not exist');
    });
    const id = await enqueue();
    const failure = sync.perform(id, { lastAttempt: true, signal });
    await expect(failure).rejects.toMatchObject({
      cause: { message: 'relation "secrets" does not exist' },
    });
    const error = "The run could not be completed; the server's log says why";
    expect(await run(id)).toMatchObject({ status: 'failed', error });
  });

  it('is performed once by concurrent workers', async () => {
    let performed = 0;
    const { sync, enqueue } = arrange(async () => {
      performed += 1;
    });
    const id = await enqueue();
    await Promise.all(
      Array.from({ length: 5 }, () => sync.perform(id, { lastAttempt: true, signal })),
    );
    expect(performed).toBe(1);
  });

  it('whose lease is lost is aborted and commits nothing', async () => {
    const { sync, enqueue, run } = arrange(async ({ runId, onEvents, signal: aborted }) => {
      await onEvents([event('late')]);
      await database.db.moduleRun.update({ where: { id: runId }, data: { leaseToken: uuidv7() } });
      await until(() => aborted?.aborted === true);
    });
    const id = await enqueue();
    await expect(sync.perform(id, { lastAttempt: true, signal })).rejects.toThrow('Another worker');
    expect(await run(id)).toMatchObject({ status: 'running', events: 0 });
    expect(await database.db.event.count()).toBe(0);
  });

  it('shows its progress while it runs', async () => {
    let finish = () => {};
    const { sync, enqueue, run } = arrange(({ onProgress }) => {
      onProgress?.({ done: 3, total: 7 });
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    const id = await enqueue();
    const performing = sync.perform(id, { lastAttempt: true, signal });
    await until(async () => (await run(id))?.progress?.done === 3);
    expect(await run(id)).toMatchObject({ status: 'running', progress: { done: 3, total: 7 } });
    finish();
    await performing;
  });
});

describe('the queue of runs', () => {
  it('holds one run of a module at a time, with its job', async () => {
    const { transaction } = arrange(async () => {});
    const ask = () => transaction((tx) => tx.runs.enqueue('git', 'manual', uuidv7()));
    const ids = new Set(
      (await Promise.all(Array.from({ length: 6 }, ask))).filter((id) => id !== null),
    );
    expect(ids.size).toBe(1);
    expect(await jobs()).toEqual([...ids]);
  });

  it('gets due runs once, and no others', async () => {
    const { sync, runs } = arrange(async () => {}, { ids: ['git', 'rss'] });
    await sync.schedule(new Date());
    await sync.schedule(new Date());
    const last = await runs.lastOf(['git', 'rss']);
    expect([...last.values()].map(({ status, trigger }) => [status, trigger])).toEqual([
      ['queued', 'schedule'],
      ['queued', 'schedule'],
    ]);
    expect(await jobs()).toHaveLength(2);
    for (const { id } of last.values()) await sync.perform(id, { lastAttempt: true, signal });
    await sync.schedule(new Date());
    expect((await runs.lastOf(['git'])).get('git')?.id).toBe(last.get('git')?.id);
    await sync.schedule(new Date(Date.now() + 61_000));
    expect((await runs.lastOf(['git'])).get('git')?.id).not.toBe(last.get('git')?.id);
  });

  it('requeues the run of a worker without heartbeats, but not that of a live one', async () => {
    const { sync, runs, enqueue, run } = arrange(async () => {});
    const id = await enqueue();
    await runs.claim(id, uuidv7());
    await sync.schedule(new Date());
    expect(await run(id)).toMatchObject({ status: 'running' });
    await database.db.$executeRaw`UPDATE module_runs SET lease_until = now() - interval '1 second'`;
    await sync.schedule(new Date());
    expect(await run(id)).toMatchObject({ status: 'queued' });
    await sync.perform(id, { lastAttempt: true, signal });
    expect(await run(id)).toMatchObject({ status: 'succeeded' });
  });

  it('adds a missing job, as after a restored backup', async () => {
    const { sync, enqueue, run } = arrange(async () => {});
    const id = await enqueue();
    await database.db.$executeRaw`DELETE FROM graphile_worker._private_jobs`;
    await sync.schedule(new Date());
    await sync.schedule(new Date());
    expect(await jobs()).toEqual([id]);
    await sync.perform(id, { lastAttempt: true, signal });
    expect(await run(id)).toMatchObject({ status: 'succeeded' });
  });
});
