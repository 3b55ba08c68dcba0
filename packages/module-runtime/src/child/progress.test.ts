import { expect, it } from 'vitest';
import { createProgress } from './progress.js';

const step = (done: number) => ({ done, total: 9 });

it('sends the first and the latest step while the pipe is full, and the last step before the outcome', async () => {
  const sent: number[] = [];
  let take = () => {};
  const { report, flush } = createProgress(({ done }) => {
    sent.push(done);
    return new Promise((resolve) => {
      take = resolve;
    });
  });
  for (const done of [0, 1, 2, 3]) report(step(done));
  expect(sent).toEqual([0]);
  take();
  await new Promise((resolve) => setImmediate(resolve));
  expect(sent).toEqual([0, 3]);
  for (const done of [4, 5]) report(step(done));
  flush();
  expect(sent).toEqual([0, 3, 5]);
  take();
  await new Promise((resolve) => setImmediate(resolve));
  expect(sent).toEqual([0, 3, 5]);
});
