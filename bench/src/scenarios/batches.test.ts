import { expect, test } from 'vitest';
import { batchesOf } from './batches.js';

const owned = (userId: string, count: number) =>
  Array.from({ length: count }, (_, at) => ({ id: `${userId}${at}`, userId, sessionId: userId }));

test('a batch is full, and all its dashboards have one owner', () => {
  const batches = batchesOf([...owned('a', 20), ...owned('b', 3), ...owned('c', 11)]);
  expect(batches.map(({ userId, ids }) => [userId, ids.length])).toEqual([
    ['a', 10],
    ['a', 10],
    ['b', 10],
    ['c', 10],
    ['c', 10],
  ]);
  for (const { userId, ids } of batches)
    expect(ids.every((id) => id.startsWith(userId))).toBe(true);
  expect(new Set(batches.slice(0, 2).flatMap(({ ids }) => ids)).size).toBe(20);
});
