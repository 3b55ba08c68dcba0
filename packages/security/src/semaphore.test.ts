import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSemaphore, HasherBusy } from './semaphore.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** Creates a task that ends on request. */
function pending() {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { task: () => ended, end };
}

test('as many tasks run at once as allowed, the others in the order they came', async () => {
  const { run } = createSemaphore({ concurrency: 2, queue: 32, waitMs: 1000 });
  let running = 0;
  let most = 0;
  const started: number[] = [];
  const task = (id: number) => async () => {
    started.push(id);
    most = Math.max(most, ++running);
    await setImmediate();
    running--;
    return id;
  };
  const ids = Array.from({ length: 20 }, (_, id) => id);
  expect(await Promise.all(ids.map((id) => run(task(id))))).toEqual(ids);
  expect(most).toBe(2);
  expect(started).toEqual(ids);
});

test('a task beyond the queue is turned away at once and says when to come back', async () => {
  const { run, admit } = createSemaphore({ concurrency: 1, queue: 1, waitMs: 2000 });
  const [first, second] = [pending(), pending()];
  const results = [run(first.task)];
  admit();
  results.push(run(second.task));
  expect(admit).toThrow(HasherBusy);
  await expect(run(async () => {})).rejects.toMatchObject({ name: 'HasherBusy', retryAfter: 2 });
  first.end();
  second.end();
  await Promise.all(results);
  admit();
});

test('a task that waits too long is turned away and its place in the queue is free again', async () => {
  const { run } = createSemaphore({ concurrency: 1, queue: 1, waitMs: 2000 });
  const first = pending();
  const running = run(first.task);
  const late = vi.fn(async () => {});
  const waiting = expect(run(late)).rejects.toThrow(HasherBusy);
  await vi.advanceTimersByTimeAsync(2000);
  await waiting;
  const next = run(async () => 'next');
  first.end();
  await running;
  expect(await next).toBe('next');
  expect(late).not.toHaveBeenCalled();
});

test('without limits any number of tasks wait, for any time, in the order they came', async () => {
  const { run, admit } = createSemaphore({ concurrency: 1 });
  const first = pending();
  const results = [run(first.task)];
  const started: number[] = [];
  for (let id = 0; id < 100; id++) results.push(run(async () => void started.push(id)));
  await vi.advanceTimersByTimeAsync(86_400_000);
  expect(started).toEqual([]);
  admit();
  first.end();
  await Promise.all(results);
  expect(started).toEqual(Array.from({ length: 100 }, (_, id) => id));
});

test('a task that fails gives its place back', async () => {
  const { run } = createSemaphore({ concurrency: 1, queue: 1, waitMs: 1000 });
  await expect(run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await run(async () => 'well')).toBe('well');
});
