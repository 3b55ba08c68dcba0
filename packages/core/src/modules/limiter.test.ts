import { expect, it } from 'vitest';
import { createLimiter } from './limiter.js';

it('limits concurrency and runs the others in order', async () => {
  const limiter = createLimiter(2);
  const log: string[] = [];
  const ends = new Map<string, () => void>();
  const works = ['a', 'b', 'c', 'd'].map((name) =>
    limiter(async () => {
      log.push(name);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      if (name === 'a') throw new Error('no');
    }),
  );
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  expect(log).toEqual(['a', 'b']);
  ends.get('a')?.();
  await expect(works[0]).rejects.toThrow('no');
  await turn();
  expect(log).toEqual(['a', 'b', 'c']);
  ends.get('c')?.();
  await turn();
  ends.get('b')?.();
  await turn();
  ends.get('d')?.();
  await Promise.all(works.slice(1));
  expect(log).toEqual(['a', 'b', 'c', 'd']);
});
