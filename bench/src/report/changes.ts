import { rounded } from '../load/statistics.js';
import type { ComparisonResult, Entry } from './history.js';

export interface Change {
  scenario: string;
  connections: number;
  name: string;
  /** Ratios to the base, before and now. */
  before: number;
  now: number;
  percent: number;
  /** False if the ranges of the rounds overlap: the change can be chance. */
  clear: boolean;
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

/** Compares the ratios of targets that both results contain. The base has no change. */
function changesOf(before: ComparisonResult, now: ComparisonResult): Change[] {
  return now.figures.slice(1).flatMap((figures) => {
    const earlier = before.figures.find(({ name }) => name === figures.name);
    if (!earlier) return [];
    return [
      {
        scenario: now.scenario,
        connections: now.connections,
        name: figures.name,
        before: earlier.ratio,
        now: figures.ratio,
        percent: rounded((figures.ratio / earlier.ratio - 1) * 100),
        clear: !overlap(earlier.ratioRange, figures.ratioRange),
      },
    ];
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
