import { expect, test } from 'vitest';
import { readOptions, UsageError } from './options.js';

test('a run without options measures all scenarios', () => {
  const { mode, scenarios, effort } = readOptions([]);
  expect([mode, [...scenarios], effort.connections]).toEqual([
    'full',
    ['get', 'meta', 'create', 'save', 'widgets', 'list', 'routes', 'flood', 'enumeration'],
    [1, 16, 64],
  ]);
});

test('scenarios, rounds and a long list can be chosen', () => {
  const { scenarios, effort, size } = readOptions(
    '--quick --only list --only flood --large --rounds 6 --seconds 2'.split(' '),
  );
  expect([...scenarios]).toEqual(['list', 'flood']);
  expect(effort).toMatchObject({ rounds: 6, seconds: 2, connections: [16] });
  expect(size.longList).toBe(1_000_000);
});

test.each([['--only', 'gte'], ['--rounds', '0'], ['--fast'], ['list']])(
  '%s %s is a usage error',
  (...args) => {
    expect(() => readOptions(args)).toThrow(UsageError);
  },
);
