import { describe, expect, it } from 'vitest';
import { createQueue } from './queue.js';

/** Long enough for a busy machine. */
const soon = { timeout: 10_000 };

const never = new AbortController().signal;
/** Work that the test ends. */
function work() {
  let finish = () => {};
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return { run: () => done, finish };
}

describe('a queue', () => {
  it('runs up to its limit at once, and the others in order as these end', async () => {
    const queue = createQueue(2, 10);
    const order: number[] = [];
    const works = [work(), work(), work(), work()];
    const all = works.map(({ run }, n) =>
      queue.run(never, () => {
        order.push(n);
        return run();
      }),
    );
    await Promise.resolve();
    expect(order).toEqual([0, 1]);
    works[1]?.finish();
    await all[1];
    await expect.poll(() => order, soon).toEqual([0, 1, 2]);
    for (const { finish } of works) finish();
    await Promise.all(all);
    expect(order).toEqual([0, 1, 2, 3]);
  });

  it('rejects when too many wait', async () => {
    const queue = createQueue(1, 1);
    const { run, finish } = work();
    const accepted = [queue.run(never, run), queue.run(never, run)];
    await expect(queue.run(never, run)).rejects.toMatchObject({
      kind: 'unavailable',
      retryAfter: 1,
    });
    finish();
    await Promise.all(accepted);
    await queue.run(never, run);
  });

  it('removes an aborted waiter without losing a turn', async () => {
    const queue = createQueue(1, 10);
    const { run, finish } = work();
    const first = queue.run(never, run);
    const leaving = new AbortController();
    const left = queue.run(leaving.signal, run);
    const last = queue.run(never, async () => 'last');
    leaving.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    finish();
    await first;
    expect(await last).toBe('last');
  });

  it('passes the turn on if work fails', async () => {
    const queue = createQueue(1, 10);
    const failing = queue.run(never, () => Promise.reject(new Error('failed')));
    const next = queue.run(never, async () => 'next');
    await expect(failing).rejects.toThrow('failed');
    expect(await next).toBe('next');
  });
});
