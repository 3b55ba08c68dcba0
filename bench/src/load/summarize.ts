import { median, rounded } from './statistics.js';

/** Figures of one target in one round. */
export interface Sample {
  callsPerSecond: number;
  /** Milliseconds for one request, which can hold several calls. */
  p50: number;
  p99: number;
  /** CPU time of the server process for one call, in microseconds; null if unknown. */
  cpuMicros: number | null;
}

/** Medians over all rounds. The first target of a comparison is the base. */
export interface Figures extends Sample {
  name: string;
  /** Calls per second relative to the base in the same round. */
  ratio: number;
  /** Lowest and highest ratio of a round. */
  ratioRange: [number, number];
  /** CPU time of the base for one call, relative to that of this target. */
  cpuRatio: number | null;
  cpuRatioRange: [number, number] | null;
}

export interface NamedSamples {
  name: string;
  /** One for each round. */
  samples: readonly Sample[];
}

const rangeOf = (values: readonly number[]): [number, number] => [
  Math.min(...values),
  Math.max(...values),
];

const isNumber = (value: number | null): value is number => value !== null;

const medianOrNull = (values: readonly number[]): number | null =>
  values.length === 0 ? null : rounded(median(values));

/** Pairs the rounds of a target with those of the base. Throws if their numbers differ. */
function pairs(samples: readonly Sample[], base: readonly Sample[]): [Sample, Sample][] {
  return samples.map((sample, round) => {
    const reference = base[round];
    if (!reference || samples.length !== base.length) throw new Error('A round is incomplete');
    return [sample, reference];
  });
}

const cpuRatioOf = ([sample, base]: [Sample, Sample]): number | null =>
  sample.cpuMicros === null || base.cpuMicros === null || sample.cpuMicros === 0
    ? null
    : base.cpuMicros / sample.cpuMicros;

/**
 * Summarizes the rounds of all targets. Ratios compare within a round, because other load on the
 * machine changes from round to round.
 */
export function summarize(all: readonly NamedSamples[]): Figures[] {
  const base = all[0]?.samples ?? [];
  return all.map(({ name, samples }) => {
    const paired = pairs(samples, base);
    const ratios = paired.map(([sample, reference]) =>
      rounded(sample.callsPerSecond / reference.callsPerSecond),
    );
    const cpuRatios = paired.map(cpuRatioOf).filter(isNumber).map(rounded);
    return {
      name,
      callsPerSecond: Math.round(median(samples.map(({ callsPerSecond }) => callsPerSecond))),
      p50: rounded(median(samples.map(({ p50 }) => p50))),
      p99: rounded(median(samples.map(({ p99 }) => p99))),
      cpuMicros: medianOrNull(samples.map(({ cpuMicros }) => cpuMicros).filter(isNumber)),
      ratio: rounded(median(ratios)),
      ratioRange: rangeOf(ratios),
      cpuRatio: medianOrNull(cpuRatios),
      cpuRatioRange: cpuRatios.length === 0 ? null : rangeOf(cpuRatios),
    };
  });
}
