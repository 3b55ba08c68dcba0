import { expect, test } from 'vitest';
import { changesBetween, differencesOf, previousOf } from './changes.js';
import type { Entry } from './history.js';

function entry(ratio: number, ratioRange: [number, number], change: Partial<Entry> = {}): Entry {
  const figures = {
    callsPerSecond: 1,
    p50: 1,
    p99: 1,
    cpuMicros: null,
    cpuRatio: null,
    cpuRatioRange: null,
  };
  return {
    commit: 'a',
    date: '2026-01-01T00:00:00.000Z',
    node: 'v20.0.0',
    cpu: 'x',
    cores: 2,
    mode: 'full',
    generator: 'wrk',
    machineLoad: 0,
    rounds: 4,
    seconds: 3,
    comparisons: [
      {
        scenario: 'get',
        connections: 16,
        figures: [
          { name: 'raw', ratio: 1, ratioRange: [1, 1], ...figures },
          { name: 'REST', ratio, ratioRange, ...figures },
        ],
      },
    ],
    flood: null,
    enumeration: null,
    ...change,
  };
}

test('a change is clear only if the rounds of both runs do not overlap', () => {
  const before = entry(0.5, [0.45, 0.55]);
  expect(changesBetween(before, entry(0.6, [0.54, 0.65]))).toEqual([
    {
      scenario: 'get',
      connections: 16,
      name: 'REST',
      calls: { before: 0.5, now: 0.6, percent: 20, clear: false },
      cpu: null,
    },
  ]);
  expect(changesBetween(before, entry(0.4, [0.38, 0.42]))).toMatchObject([
    { calls: { percent: -20, clear: true } },
  ]);
  expect(changesBetween(entry(1, [1, 1], { comparisons: [] }), before)).toEqual([]);
});

test('the previous entry is the latest one with the same settings and some of the same results', () => {
  const older = entry(1, [1, 1]);
  const newer = entry(2, [2, 2]);
  const other = entry(3, [3, 3], { mode: 'quick' });
  const another = entry(5, [5, 5], { comparisons: [] });
  const now = entry(4, [4, 4], { node: 'v24.0.0' });
  expect(previousOf([older, newer, other, another], now)).toBe(newer);
  expect(previousOf([other], now)).toBeUndefined();
  expect(differencesOf(newer, now)).toEqual(['node: v20.0.0 → v24.0.0']);
});
