import { expect, test } from 'vitest';
import { median, quantile, rounded } from './statistics.js';

test('the median is the middle value, or the mean of two, and leaves the order alone', () => {
  const values = [3, 1, 2];
  expect([median(values), median([4, 1, 2, 3]), median([7])]).toEqual([2, 2.5, 7]);
  expect(values).toEqual([3, 1, 2]);
  expect(() => median([])).toThrow('There is no value');
});

test('a quantile is a value that occurs', () => {
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
  expect([0, 0.5, 0.99, 1].map((fraction) => quantile(hundred, fraction))).toEqual([
    1, 50, 99, 100,
  ]);
  expect(() => quantile([], 0.5)).toThrow('There is no value');
});

test('three digits remain', () => {
  expect([1234.5, 0.98765, 0].map(rounded)).toEqual([1230, 0.988, 0]);
});
