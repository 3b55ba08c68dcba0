import { expect, it } from 'vitest';
import { createRequestScheduler } from './request-scheduler.js';

it('a few begin in each turn of the event loop, in their order, and all of them at last', async () => {
  const scheduleRequest = createRequestScheduler();
  const begun: number[] = [];
  for (let index = 0; index < 40; index += 1) scheduleRequest(() => void begun.push(index));
  const counts: number[] = [begun.length];
  while (begun.length < 40) {
    await new Promise((resolve) => setImmediate(resolve));
    counts.push(begun.length);
  }
  expect(counts).toEqual([0, 16, 32, 40]);
  expect(begun).toEqual(Array.from({ length: 40 }, (_, index) => index));
  scheduleRequest(() => void begun.push(40));
  await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toHaveLength(41);
});
