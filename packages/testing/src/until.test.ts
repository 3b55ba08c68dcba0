import { describe, expect, it } from 'vitest';
import { createClock } from './clock.js';
import { freePort } from './port.js';
import { until } from './until.js';

describe('until', () => {
  it('returns what the condition yields as soon as that is truthy', async () => {
    let looks = 0;
    expect(await until(() => (looks++ < 3 ? null : 'there'), { interval: 1 })).toBe('there');
    expect(looks).toBe(4);
  });

  it('takes an error for "not yet", and gives up with the last one', async () => {
    let looks = 0;
    const flaky = () => {
      if (looks++ < 2) throw new Error('early');
      return true;
    };
    expect(await until(flaky, { interval: 1 })).toBe(true);
    const never = until(
      () => {
        throw new Error('the reason');
      },
      { timeout: 20, interval: 1 },
    );
    await expect(never).rejects.toMatchObject({
      message: expect.stringContaining('within 20 ms'),
      cause: new Error('the reason'),
    });
  });
});

describe('createClock', () => {
  it('stands still until it is moved', () => {
    const clock = createClock(new Date('2026-05-01T00:00:00Z'));
    expect(clock.now()).toEqual(clock.now());
    clock.advance(1_500);
    expect(clock.now().toISOString()).toBe('2026-05-01T00:00:01.500Z');
    clock.set(new Date(0));
    expect(clock.now().getTime()).toBe(0);
  });
});

describe('freePort', () => {
  it('finds a port that can be listened on', async () => {
    expect(await freePort()).toBeGreaterThan(1023);
  });
});
