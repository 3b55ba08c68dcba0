import { expect, it } from 'vitest';
import { deadlineError } from './deadline.js';

it('blames the client if its body did not arrive, else the server', () => {
  expect(deadlineError(60, true)).toMatchObject({
    code: 'TIMEOUT',
    message: 'The request body did not arrive within 0.06 s: send it again.',
  });
  expect(deadlineError(10_000, false)).toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    message: 'The request was not completed within 10 s: try again later.',
  });
});
