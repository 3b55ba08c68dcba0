import type { Bench } from './bench.js';
import type { Generator } from './load/generators.js';
import { FailedLoadError } from './load/load.js';
import { probeAll } from './load/probe.js';
import { compare } from './load/rounds.js';
import type { Figures } from './load/summarize.js';
import type { Comparison } from './load/target.js';
import type { Options } from './options.js';
import type { ComparisonResult } from './report/history.js';
import { printComparison } from './report/print.js';
import { loadScenarios } from './scenarios/load-scenarios.js';

/** Requests of each target that are checked before its figures count. */
const probes = 5;

/** Loads one target for a moment: the generator must work too. */
async function tryLoad({ targets }: Comparison, { load }: Generator): Promise<void> {
  const target = targets.at(-1) ?? targets[0];
  await target.before?.();
  await load(target, { connections: 2, seconds: 0.2 });
  console.log(`${targets.map(({ name }) => name).join(', ')}: as expected`);
}

/** Discards the figures of a comparison with failed requests, so that the others still count. */
async function unlessFailed(
  figures: Promise<Figures[]>,
  signal: AbortSignal,
): Promise<Figures[] | null> {
  try {
    return await figures;
  } catch (error) {
    if (signal.aborted || !(error instanceof FailedLoadError)) throw error;
    console.error(`\n${error.message}. This comparison has no figures.`);
    process.exitCode = 1;
    return null;
  }
}

/** Checks the responses of all chosen scenarios, and measures them unless it is a smoke test. */
export async function runLoads(
  bench: Bench,
  generator: Generator,
  { mode, scenarios, effort }: Options,
  signal: AbortSignal,
): Promise<ComparisonResult[]> {
  const { connections: numbers, seconds, rounds, warmUpSeconds } = effort;
  const results: ComparisonResult[] = [];
  for (const { name, title, prepare } of loadScenarios) {
    if (!scenarios.has(name)) continue;
    const comparison = await prepare(bench);
    await probeAll(comparison, probes);
    if (mode === 'smoke') {
      await tryLoad(comparison, generator);
      continue;
    }
    for (const connections of numbers) {
      const options = { connections, seconds, rounds, warmUpSeconds };
      const figures = await unlessFailed(compare(comparison, generator.load, options), signal);
      if (!figures) continue;
      printComparison(title, connections, figures);
      results.push({ scenario: name, connections, figures });
    }
  }
  return results;
}
