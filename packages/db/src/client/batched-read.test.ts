import { setImmediate as endOfTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createBatchedRead, maxBatchKeys } from './batched-read.js';
import { isUnavailable } from './faults.js';

interface Sent {
  keys: readonly number[];
  succeed(): void;
  fail(error: Error): void;
}

/** Creates a read whose statements end when the test says so. A key has one row: itself. */
function createFixture({ maxWaitMilliseconds = 0 } = {}) {
  const sent: Sent[] = [];
  const counts: number[] = [];
  const read = createBatchedRead<number, number>({
    run: (keys) =>
      new Promise((resolve, reject) => {
        sent.push({ keys, succeed: () => resolve(keys.map((key) => [key])), fail: reject });
      }),
    maxWaitMilliseconds,
    onStatement: (reads) => counts.push(reads),
  });
  return { read, sent, counts, keys: () => sent.map(({ keys }) => keys) };
}

/** Waits until reads that were requested, and slots that were freed, have had their turn. */
async function turn(): Promise<void> {
  await endOfTurn();
  await endOfTurn();
}

const outage = () => new Error('Connection terminated unexpectedly');
const badInput = () => Object.assign(new Error('invalid input'), { code: '22P02' });

describe('createBatchedRead', () => {
  it('sends the reads of one turn at its end, without a wait, equal keys once', async () => {
    const { read, sent, counts, keys } = createFixture();
    const reads = Promise.all([read(1), read(2), read(1)]);
    expect(keys()).toEqual([]);
    await turn();
    expect(keys()).toEqual([[1, 2]]);
    sent[0]?.succeed();
    expect(await reads).toEqual([[1], [2], [1]]);
    expect(counts).toEqual([3]);
  });

  it('never joins a statement that was sent, not even for the same key', async () => {
    const { read, sent, keys } = createFixture();
    const before = read(1);
    await turn();
    const after = read(1);
    await turn();
    expect(keys()).toEqual([[1], [1]]);
    sent[0]?.succeed();
    sent[1]?.succeed();
    expect(await Promise.all([before, after])).toEqual([[1], [1]]);
  });

  it('has two statements in flight; further reads share the next one', async () => {
    const { read, sent, keys } = createFixture();
    const first = read(1);
    await turn();
    const second = read(2);
    await turn();
    const others = Promise.all([read(3), read(4)]);
    await turn();
    expect(keys()).toEqual([[1], [2]]);
    sent[0]?.succeed();
    await first;
    const late = read(5);
    await turn();
    expect(keys()).toEqual([[1], [2], [3, 4, 5]]);
    sent[1]?.succeed();
    sent[2]?.succeed();
    expect(await Promise.all([second, others, late])).toEqual([[2], [[3], [4]], [5]]);
  });

  it('continues in the other slot while one statement hangs', async () => {
    const { read, sent, keys } = createFixture();
    const hanging = read(0);
    await turn();
    for (const key of [1, 2, 3]) {
      const next = read(key);
      await turn();
      sent[key]?.succeed();
      expect(await next).toEqual([key]);
    }
    expect(keys()).toEqual([[0], [1], [2], [3]]);
    sent[0]?.fail(outage());
    await expect(hanging).rejects.toThrow('Connection terminated');
  });

  it('limits the keys of a statement, the oldest first', async () => {
    const { read, sent, keys } = createFixture();
    const all = Array.from({ length: 2 * maxBatchKeys + 1 }, (_, key) => key);
    const reads = Promise.all(all.map(read));
    await turn();
    expect(keys()).toEqual([all.slice(0, maxBatchKeys), all.slice(maxBatchKeys, -1)]);
    sent[0]?.succeed();
    await turn();
    expect(keys()[2]).toEqual(all.slice(-1));
    sent[1]?.succeed();
    sent[2]?.succeed();
    expect(await reads).toEqual(all.map((key) => [key]));
  });

  it('rejects every read of a statement that meets an outage, and serves later ones', async () => {
    const { read, sent, keys } = createFixture();
    const reads = Promise.allSettled([read(1), read(2)]);
    await turn();
    const error = outage();
    sent[0]?.fail(error);
    expect(await reads).toEqual(Array(2).fill({ status: 'rejected', reason: error }));
    const next = read(1);
    await turn();
    expect(keys()).toEqual([[1, 2], [1]]);
    sent[1]?.succeed();
    expect(await next).toEqual([1]);
  });

  it('fails only the read whose key causes the error', async () => {
    const statements: (readonly number[])[] = [];
    const read = createBatchedRead<number, number>({
      run: async (keys) => {
        statements.push(keys);
        if (keys.includes(3)) throw badInput();
        return keys.map((key) => [key]);
      },
    });
    const reads = await Promise.allSettled([1, 2, 3, 4].map(read));
    expect(reads.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(statements).toEqual([[1, 2, 3, 4], [1, 2], [3, 4], [3], [4]]);
  });

  it('rejects reads that wait too long for a slot, and serves later ones', async () => {
    const { read, sent, keys } = createFixture({ maxWaitMilliseconds: 20 });
    const hanging = [read(0)];
    await turn();
    hanging.push(read(1));
    await turn();
    const error = await Promise.all([read(2), read(3)]).catch((reason: unknown) => reason);
    expect(isUnavailable(error)).toBe(true);
    sent[0]?.succeed();
    sent[1]?.succeed();
    await Promise.all(hanging);
    const next = read(2);
    await turn();
    expect(keys()).toEqual([[0], [1], [2]]);
    sent[2]?.succeed();
    expect(await next).toEqual([2]);
  });

  it('is not affected by a caller that no longer waits', async () => {
    const { read, sent } = createFixture();
    const aborted = new AbortController();
    const gone = Promise.race([
      read(1),
      new Promise((_, reject) => {
        aborted.signal.addEventListener('abort', () => reject(new Error('aborted')));
      }),
    ]);
    const stays = read(1);
    await turn();
    aborted.abort();
    await expect(gone).rejects.toThrow('aborted');
    sent[0]?.succeed();
    expect(await stays).toEqual([1]);
  });
});
