import { beforeEach, describe, expect, it } from 'vitest';
import { ModuleCallError } from '../call-error.js';
import type { Loaded } from '../supervision/supervisor.js';
import { createWidgetCache, type WidgetCache } from './widget-cache.js';
import { createMemoryWidgetResultStore } from './widget-result-store.js';

/** Long enough for a busy machine. */
const soon = { timeout: 10_000 };

interface Loading {
  params: unknown;
  answer(data: Loaded['data'], maxAge?: number): void;
  fail(error: Error): void;
}

let now: number;
let loads: Loading[];
let cache: WidgetCache;

beforeEach(() => {
  now = Date.UTC(2026, 0, 1);
  loads = [];
  const load = ({ params }: { params: unknown }) =>
    new Promise<Loaded>((resolve, fail) =>
      loads.push({ params, fail, answer: (data, maxAge = 10) => resolve({ data, maxAge }) }),
    );
  cache = createWidgetCache({ load, clock: { now: () => now }, staleWhileRevalidateMs: 50 });
});

const read = (params: Record<string, unknown> = {}, signal?: AbortSignal, moduleId = 'git') =>
  cache.read({ moduleId, widgetId: 'commits', params, signal });
const lastLoad = async (count: number): Promise<Loading> => {
  await expect.poll(() => loads.length, soon).toBe(count);
  const last = loads.at(-1);
  if (!last) throw new Error('Nothing was loaded');
  return last;
};
/** Fills the cache with data that is fresh for 10 s. */
async function fill(data: Loaded['data'] = 'old') {
  const first = read();
  (await lastLoad(loads.length + 1)).answer(data);
  return first;
}
const down = new ModuleCallError('unavailable', 'The module is down');

describe('reading a widget', () => {
  it('awaits the first load', async () => {
    expect(await fill('data')).toEqual({ data: 'data', asOf: new Date(now), stale: false });
  });

  it('loads once for any number of callers at a time', async () => {
    const callers = Array.from({ length: 50 }, () => read());
    (await lastLoad(1)).answer('data');
    expect(new Set((await Promise.all(callers)).map(({ data }) => data))).toEqual(
      new Set(['data']),
    );
    expect(loads).toHaveLength(1);
  });

  it('loads once for equal parameters in any order, and separately for others', async () => {
    const equal = [read({ a: 1, b: { c: [1], d: undefined } }), read({ b: { c: [1] }, a: 1 })];
    (await lastLoad(1)).answer('equal');
    await Promise.all(equal);
    const other = read({ a: 1, b: { c: ['1'] } });
    (await lastLoad(2)).answer('other');
    expect((await other).data).toBe('other');
  });

  it('continues the load for the others when one caller leaves', async () => {
    const leaving = new AbortController();
    const [left, stays] = [read({}, leaving.signal), read()];
    const loading = await lastLoad(1);
    leaving.abort();
    await expect(left).rejects.toMatchObject({ kind: 'aborted' });
    loading.answer('data');
    expect((await stays).data).toBe('data');
  });

  it('caches the data although every caller has left', async () => {
    const leaving = new AbortController();
    const left = read({}, leaving.signal);
    const loading = await lastLoad(1);
    leaving.abort();
    await expect(left).rejects.toMatchObject({ kind: 'aborted' });
    loading.answer('data');
    expect((await read()).data).toBe('data');
    expect(loads).toHaveLength(1);
  });

  it('does not load again while the data is fresh, and does as soon as it is not', async () => {
    await fill('old');
    now += 9_999;
    expect(await read()).toMatchObject({ data: 'old', stale: false });
    now += 1;
    const newer = read();
    (await lastLoad(2)).answer('new');
    expect(await newer).toEqual({ data: 'new', asOf: new Date(now), stale: false });
  });
});

describe('a widget with stale data', () => {
  it('returns the old data while newer data is slow, and the newer data afterwards', async () => {
    const { asOf } = await fill('old');
    now += 60_000;
    expect(await read()).toEqual({ data: 'old', asOf, stale: true });
    (await lastLoad(2)).answer('new');
    await expect.poll(async () => (await read()).data, soon).toBe('new');
    expect(loads).toHaveLength(2);
  });

  it('returns the old data and the error if the load fails', async () => {
    const { asOf } = await fill('old');
    now += 10_000;
    const reading = read();
    (await lastLoad(2)).fail(down);
    expect(await reading).toEqual({ data: 'old', asOf, stale: true, error: down });
  });

  it('is not loaded again at once after a failure: 1 s, then 2 s, and so on', async () => {
    await fill('old');
    now += 10_000;
    for (const [times, retryAfterMs] of [1_000, 2_000, 4_000].entries()) {
      const reading = read();
      (await lastLoad(times + 2)).fail(down);
      await reading;
      now += retryAfterMs - 1;
      expect(await read()).toMatchObject({ stale: true, error: down });
      expect(loads).toHaveLength(times + 2);
      now += 1;
    }
  });

  it('is not loaded again before the Retry-After of the external service', async () => {
    await fill('old');
    now += 10_000;
    const reading = read();
    (await lastLoad(2)).fail(new ModuleCallError('failed', 'Slow down', { retryAfter: 300 }));
    await reading;
    now += 299_000;
    expect((await read()).stale).toBe(true);
    expect(loads).toHaveLength(2);
    now += 1_000;
    const newer = read();
    (await lastLoad(3)).answer('new');
    expect(await newer).toMatchObject({ data: 'new', stale: false });
  });

  it('is loaded again after a sync of its module, and a load that started before it is stale', async () => {
    const first = read();
    const before = await lastLoad(1);
    await cache.expire('git');
    const second = read();
    const after = await lastLoad(2);
    before.answer('before');
    expect((await first).data).toBe('before');
    after.answer('after');
    expect((await second).data).toBe('after');
    await cache.expire('git');
    const third = read();
    (await lastLoad(3)).answer('third');
    expect((await third).data).toBe('third');
  });

  it('stays fresh when another module was synced', async () => {
    await fill('data');
    await cache.expire('gi');
    expect(await read()).toMatchObject({ data: 'data', stale: false });
  });
});

describe('a widget without any data', () => {
  it('rejects with the error while the wait lasts, and is loaded again after it', async () => {
    const first = read();
    (await lastLoad(1)).fail(down);
    await expect(first).rejects.toBe(down);
    await expect(read()).rejects.toBe(down);
    expect(loads).toHaveLength(1);
    now += 1_000;
    const next = read();
    (await lastLoad(2)).answer('data');
    expect((await next).data).toBe('data');
  });

  it('rejects invalid parameters each time, and does not cache the failure', async () => {
    const faulty = new ModuleCallError('invalid-params', 'Faulty parameters');
    for (const times of [1, 2]) {
      const reading = read({ limit: 'x' });
      (await lastLoad(times)).fail(faulty);
      await expect(reading).rejects.toBe(faulty);
    }
  });

  it('rejects with an error of the server unchanged, and does not count it as a failure of the module', async () => {
    const away = new Error('the database is away');
    for (const times of [1, 2]) {
      const reading = read();
      (await lastLoad(times)).fail(away);
      await expect(reading).rejects.toBe(away);
    }
  });

  it('never exposes an error of the server with old data', async () => {
    await fill('old');
    now += 10_000;
    const reading = read();
    (await lastLoad(2)).fail(new Error('canary'));
    const { data, error } = await reading;
    expect([data, error?.message]).toEqual(['old', 'The server could not load newer data']);
  });
});

describe('the memory store of results', () => {
  it('is bounded: the least recently used entry goes first', async () => {
    const store = createMemoryWidgetResultStore(1);
    const reading = { data: 'x'.repeat(300_000), loadedAt: 0, freshUntil: 0 };
    for (const key of ['git:a', 'git:b', 'git:c']) await store.set(key, reading);
    await store.get('git:a');
    await store.set('git:d', reading);
    const kept = await Promise.all(
      ['git:a', 'git:b', 'git:c', 'git:d'].map((key) => store.get(key)),
    );
    expect(kept.map((each) => each !== undefined)).toEqual([true, false, true, true]);
  });

  it('does not store an entry larger than its capacity, and evicts no other for it', async () => {
    const store = createMemoryWidgetResultStore(0.1);
    await store.set('git:a', { data: 'x', loadedAt: 0, freshUntil: 0 });
    await store.set('git:b', { data: 'x'.repeat(300_000), loadedAt: 0, freshUntil: 0 });
    expect(await store.get('git:b')).toBeUndefined();
    expect(await store.get('git:a')).toBeDefined();
  });

  it('marks the data of one module as stale, in the order of last use', async () => {
    const store = createMemoryWidgetResultStore(1);
    const reading = { data: 'x'.repeat(300_000), loadedAt: 1, freshUntil: 9 };
    for (const key of ['git:a', 'host:a', 'git:b']) await store.set(key, reading);
    await store.expire('git', 5);
    await store.set('git:c', reading);
    const kept = await Promise.all(
      ['git:a', 'host:a', 'git:b', 'git:c'].map((key) => store.get(key)),
    );
    expect(kept.map((each) => each?.freshUntil)).toEqual([5, undefined, 5, 9]);
  });
});
