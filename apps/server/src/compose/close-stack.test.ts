import { expect, it } from 'vitest';
import { createCloseStack } from './close-stack.js';

it('closes once, in reverse order, and continues after a failure', async () => {
  const closed: string[] = [];
  const failures: unknown[] = [];
  const stack = createCloseStack({ error: (failure: unknown) => void failures.push(failure) });
  stack.add(() => closed.push('first'));
  stack.add(() => {
    throw new Error('stuck');
  });
  stack.add(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    closed.push('last');
  });
  await Promise.all([stack.close(), stack.close()]);
  expect(closed).toEqual(['last', 'first']);
  expect(failures).toEqual([{ err: new Error('stuck') }]);
});
