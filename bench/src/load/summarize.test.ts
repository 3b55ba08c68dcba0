import { expect, test } from 'vitest';
import { type Sample, summarize } from './summarize.js';

const sample = (callsPerSecond: number, cpuMicros: number | null = 100): Sample => ({
  callsPerSecond,
  p50: 1000 / callsPerSecond,
  p99: 9000 / callsPerSecond,
  cpuMicros,
});

test('ratios compare within a round, so a slow round of the machine does not count', () => {
  const [base, target] = summarize([
    { name: 'raw', samples: [sample(1000), sample(100), sample(1000)] },
    { name: 'rest', samples: [sample(500), sample(50), sample(600)] },
  ]);
  expect(base).toMatchObject({ name: 'raw', callsPerSecond: 1000, ratio: 1, ratioRange: [1, 1] });
  expect(target).toEqual({
    name: 'rest',
    callsPerSecond: 500,
    p50: 2,
    p99: 18,
    cpuMicros: 100,
    ratio: 0.5,
    ratioRange: [0.5, 0.6],
    cpuRatio: 1,
    cpuRatioRange: [1, 1],
  });
});

test('a server that needs twice the CPU time of the base has half its efficiency', () => {
  const [, target] = summarize([
    { name: 'raw', samples: [sample(1000, 100)] },
    { name: 'rest', samples: [sample(1000, 200)] },
  ]);
  expect(target).toMatchObject({ ratio: 1, cpuMicros: 200, cpuRatio: 0.5 });
});

test('unknown CPU times stay unknown', () => {
  const [, target] = summarize([
    { name: 'raw', samples: [sample(1000, null)] },
    { name: 'rest', samples: [sample(1000, null)] },
  ]);
  expect(target).toMatchObject({ cpuMicros: null, cpuRatio: null, cpuRatioRange: null });
});

test('a missing round is an error', () => {
  expect(() =>
    summarize([
      { name: 'raw', samples: [sample(1), sample(1)] },
      { name: 'rest', samples: [sample(1)] },
    ]),
  ).toThrow('A round is incomplete');
});
