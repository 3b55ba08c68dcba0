import { expect, test } from 'vitest';
import { createCleanup } from './cleanup.js';

test('resources are closed once, the last one first, and one added too late at once', async () => {
  const { add, close } = createCleanup();
  const closed: string[] = [];
  add(() => closed.push('folder'));
  const forget = add(() => closed.push('finished load'));
  add(async () => closed.push('server'));
  forget();
  await Promise.all([close(), close()]);
  expect(closed).toEqual(['server', 'folder']);
  add(() => closed.push('late server'));
  await close();
  expect(closed).toEqual(['server', 'folder', 'late server']);
});
