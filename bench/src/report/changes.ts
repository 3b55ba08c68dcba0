import { rounded } from '../load/statistics.js';
import type { Figures } from '../load/summarize.js';
import type { ComparisonResult, Entry } from './history.js';

export interface RatioChange {
  before: number;
  now: number;
  percent: number;
  /** False if the ranges of the rounds overlap: the change can be chance. */
  clear: boolean;
}

/** Changes of the ratios of one target to its base. */
export interface Change {
  scenario: string;
  connections: number;
  name: string;
  calls: RatioChange;
  /** Null if the CPU time is unknown. */
  cpu: RatioChange | null;
}

/** Names the differences that make two entries hard to compare. */
export function differencesOf(before: Entry, now: Entry): string[] {
  const names = ['node', 'cpu', 'cores', 'rounds', 'seconds'] as const;
  return names
    .filter((name) => before[name] !== now[name])
    .map((name) => `${name}: ${before[name]} → ${now[name]}`);
}

const overlap = ([lowA, highA]: [number, number], [lowB, highB]: [number, number]) =>
  lowA <= highB && lowB <= highA;

interface Ratio {
  ratio: number | null;
  range: [number, number] | null;
}

function ratioChange(before: Ratio, now: Ratio): RatioChange | null {
  if (before.ratio === null || now.ratio === null || !before.range || !now.range) return null;
  return {
    before: before.ratio,
    now: now.ratio,
    percent: rounded((now.ratio / before.ratio - 1) * 100),
    clear: !overlap(before.range, now.range),
  };
}

const callsOf = ({ ratio, ratioRange: range }: Figures): Ratio => ({ ratio, range });
const cpuOf = ({ cpuRatio: ratio, cpuRatioRange: range }: Figures): Ratio => ({ ratio, range });

/** Compares the ratios of targets that both results contain. The base has no change. */
function changesOf(before: ComparisonResult, now: ComparisonResult): Change[] {
  const { scenario, connections } = now;
  return now.figures.slice(1).flatMap((figures) => {
    const { name } = figures;
    const earlier = before.figures.find((each) => each.name === name);
    const calls = earlier && ratioChange(callsOf(earlier), callsOf(figures));
    if (!earlier || !calls) return [];
    const cpu = ratioChange(cpuOf(earlier), cpuOf(figures));
    return [{ scenario, connections, name, calls, cpu }];
  });
}

/** Compares all results that both entries contain. */
export function changesBetween(before: Entry, now: Entry): Change[] {
  return now.comparisons.flatMap((result) => {
    const earlier = before.comparisons.find(
      ({ scenario, connections }) =>
        scenario === result.scenario && connections === result.connections,
    );
    return earlier ? changesOf(earlier, result) : [];
  });
}

/**
 * Returns the latest entry with the same settings that contains some of the same results;
 * undefined if there is none.
 */
export const previousOf = (entries: readonly Entry[], now: Entry): Entry | undefined =>
  entries.findLast(
    (entry) =>
      entry.mode === now.mode &&
      entry.generator === now.generator &&
      changesBetween(entry, now).length > 0,
  );
