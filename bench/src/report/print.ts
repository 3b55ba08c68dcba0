import type { Figures } from '../load/summarize.js';
import {
  type Change,
  changesBetween,
  differencesOf,
  previousOf,
  type RatioChange,
} from './changes.js';
import type { ComparisonResult, Entry, History } from './history.js';

const orDash = (value: number | null) => value ?? '–';

/** Prints all figures of one comparison. */
export function printComparison(title: string, connections: number, figures: Figures[]): void {
  console.log(`\n${title} · connections: ${connections}`);
  const rows = figures.map(({ name, ratio, ratioRange, cpuRatio, cpuMicros, ...rest }) => [
    name,
    {
      ratio,
      range: ratioRange.join('–'),
      'by CPU': orDash(cpuRatio),
      'calls/s': rest.callsPerSecond,
      'CPU µs': orDash(cpuMicros),
      'p50 ms': rest.p50,
      'p99 ms': rest.p99,
    },
  ]);
  console.table(Object.fromEntries(rows));
}

/** Prints the ratios of all comparisons: one row for a target, one column for connections. */
export function printRatios(results: readonly ComparisonResult[]): void {
  const rows: Record<string, Record<string, number>> = {};
  for (const { scenario, connections, figures } of results) {
    for (const { name, ratio } of figures.slice(1)) {
      const row = rows[`${scenario}: ${name}`] ?? {};
      row[connections] = ratio;
      rows[`${scenario}: ${name}`] = row;
    }
  }
  if (results.length === 0) return;
  console.log('\nCalls per second relative to the base, by number of connections');
  console.table(rows);
}

const describeChange = (change: RatioChange | null): string =>
  change === null ? '–' : `${change.before} → ${change.now} (${change.percent} %)`;

const describeClarity = ({ calls, cpu }: Change): string =>
  [calls.clear && 'calls', cpu?.clear && 'CPU'].filter(Boolean).join(' and ') || 'no';

function printChanges(changes: readonly Change[]): void {
  const rows = changes.map((change) => [
    `${change.scenario}: ${change.name}, ${change.connections}`,
    {
      ratio: describeChange(change.calls),
      'by CPU': describeChange(change.cpu),
      clear: describeClarity(change),
    },
  ]);
  console.table(Object.fromEntries(rows));
}

/** Prints the change to the previous entry with the same settings. */
export async function printHistory(history: History, entry: Entry): Promise<void> {
  const previous = previousOf(await history.read(), entry);
  if (!previous)
    return console.log('\nThe history has no entry with the same settings and scenarios.');
  console.log(`\nChange of the ratios since ${previous.commit} (${previous.date})`);
  for (const difference of differencesOf(previous, entry)) console.log(`  differs: ${difference}`);
  printChanges(changesBetween(previous, entry));
}
