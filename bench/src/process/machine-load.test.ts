import { expect, test } from 'vitest';
import { busyShare } from './machine-load.js';

test('the busy share is the time that was not idle', () => {
  expect(busyShare({ idle: 100, total: 200 }, { idle: 175, total: 300 })).toBe(0.25);
  expect(busyShare({ idle: 1, total: 1 }, { idle: 1, total: 1 })).toBe(0);
});
