import { describe, expect, test } from 'vitest';
import { delayAfter } from '../call/retry.js';
import { readRetryAfter } from './read-error.js';
import { SynapError } from './synap-error.js';

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  test.each([
    ['7', 7],
    [' 0 ', 0],
    ['Thu, 01 Jan 2026 00:01:30 GMT', 90],
    ['Thu, 01 Jan 2026 00:00:00 GMT', 0],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
  ])('%j is %j seconds', (value, seconds) => {
    expect(readRetryAfter(value, now)).toBe(seconds);
  });
});

describe('the delay before a retry', () => {
  const network = new SynapError('network', 'No answer');
  const busy = (retryAfter: number) =>
    new SynapError('unavailable', 'Not now', { status: 503, retryAfter });

  test('grows with each failure and is jittered by half', () => {
    const waits = [1, 2, 3].map((failures) => [
      delayAfter(network, failures, 5, () => 0),
      delayAfter(network, failures, 5, () => 1),
    ]);
    expect(waits).toEqual([
      [100, 200],
      [200, 400],
      [400, 800],
    ]);
  });

  test('is never shorter than Retry-After', () => {
    expect(delayAfter(busy(3), 1, 2, () => 0)).toBe(3100);
  });

  test('is undefined after the last retry, for a too long Retry-After, and if a retry cannot help', () => {
    expect(delayAfter(network, 3, 2)).toBeUndefined();
    expect(delayAfter(busy(11), 1, 2)).toBeUndefined();
    expect(
      delayAfter(new SynapError('too_many_requests', 'Slow down', { retryAfter: 1 }), 1, 2),
    ).toBeUndefined();
    expect(delayAfter(new SynapError('not_found', 'Gone'), 1, 2)).toBeUndefined();
  });
});
