import { expect, test } from 'vitest';
import { parseCpuTime } from './cpu-time.js';

test('the CPU time is user and system time, whatever the program is called', () => {
  const rest = 'S 1 7 7 0 -1 4194560 900 0 0 0 120 30 0 0 20 0 11 0 5000';
  expect(parseCpuTime(`42 (node) ${rest}`)).toBe(1_500_000);
  expect(parseCpuTime(`42 (a) (b c) ${rest}`)).toBe(1_500_000);
});
