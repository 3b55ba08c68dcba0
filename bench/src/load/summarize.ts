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
}

export interface NamedSamples {
  name: string;
  /** One for each round. */
  samples: readonly Sample[];
}

const isNumber = (value: number | null): value is number => value !== null;

function medianOrNull(values: readonly (number | null)[]): number | null {
  const known = values.filter(isNumber);
  return known.length === 0 ? null : rounded(median(known));
}

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
    return {
      name,
      callsPerSecond: Math.round(median(samples.map(({ callsPerSecond }) => callsPerSecond))),
      p50: rounded(median(samples.map(({ p50 }) => p50))),
      p99: rounded(median(samples.map(({ p99 }) => p99))),
      cpuMicros: medianOrNull(samples.map(({ cpuMicros }) => cpuMicros)),
      ratio: rounded(median(ratios)),
      ratioRange: [Math.min(...ratios), Math.max(...ratios)],
      cpuRatio: medianOrNull(paired.map(cpuRatioOf)),
    };
  });
}
