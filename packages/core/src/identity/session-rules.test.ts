import { expect, test } from 'vitest';
import { evaluateRefreshToken } from './session-rules.js';

const day = 86_400;
const judge = (counter: number, secondsSinceRotation: number, live = true) =>
  evaluateRefreshToken({ counter: 5, live, secondsSinceRotation }, counter);

test.each([
  ['the token in force rotates', 5, 0, 'rotate'],
  ['also after days', 5, 13 * day, 'rotate'],
  ['but not after fourteen idle days', 5, 14 * day + 1, 'ended'],
  ['the token before is answered again at once', 4, 0, 'repeat'],
  ['and days later: the answer may have been lost', 4, 13 * day, 'repeat'],
  ['but not after fourteen idle days', 4, 14 * day + 1, 'ended'],
  ['an older token is a copy', 3, 0, 'reused'],
  ['a token from the future is no less wrong', 6, 0, 'reused'],
] as const)('%s', (_, counter, seconds, verdict) => {
  expect(judge(counter, seconds)).toBe(verdict);
});

test('an ended session accepts no token', () => {
  for (const counter of [3, 4, 5, 6]) expect(judge(counter, 0, false)).toBe('ended');
});
