import { expect, test } from 'vitest';
import { orderOf } from './order.js';

test('two rounds have the order A B B A', () => {
  const targets = ['A', 'B'];
  expect([0, 1, 2, 3].map((round) => orderOf(targets, round).join(''))).toEqual([
    'AB',
    'BA',
    'AB',
    'BA',
  ]);
  expect(targets).toEqual(['A', 'B']);
});
