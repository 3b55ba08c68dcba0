import { expect, it, vi } from 'vitest';
import { createThrottle } from './throttle.js';

const options = { messages: 3, bytes: 100, windowMs: 1_000 };

it.each([
  ['so many messages', [1, 1, 1]],
  ['so many bytes', [60, 60]],
])('lets %s through, then waits for the end of the window', async (_, sizes) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
  try {
    const throttle = createThrottle(options);
    const waits = sizes.map((bytes) => throttle(bytes));
    expect(waits.slice(0, -1).every((wait) => wait === undefined)).toBe(true);
    expect(waits.at(-1)).toBeInstanceOf(Promise);
    let over = false;
    const waiting = waits.at(-1)?.then(() => {
      over = true;
    });
    await vi.advanceTimersByTimeAsync(999);
    expect(over).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await waiting;
    expect(throttle(1)).toBeUndefined();
  } finally {
    vi.useRealTimers();
  }
});
