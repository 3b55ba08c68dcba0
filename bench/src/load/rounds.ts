import { cpuTimeOf } from '../process/cpu-time.js';
import { loadWithAutocannon } from './autocannon.js';
import type { Load, LoadOptions } from './load.js';
import { orderOf } from './order.js';
import { type Figures, type Sample, summarize } from './summarize.js';
import type { Comparison, Target } from './target.js';

export interface RoundOptions extends LoadOptions {
  rounds: number;
  warmUpSeconds: number;
}

/** Loads one target and measures the CPU time of its server meanwhile. */
async function sample(load: Load, target: Target, options: LoadOptions): Promise<Sample> {
  await target.before?.();
  const { server, calls = 1 } = target;
  const before = cpuTimeOf(server.pid);
  const { requests, seconds, p50, p99 } = await load(target, options);
  const after = cpuTimeOf(server.pid);
  const cpuMicros = before === null || after === null ? null : (after - before) / requests / calls;
  return { callsPerSecond: (requests * calls) / seconds, p50, p99, cpuMicros };
}

/** Loads all targets in alternating rounds, after a warm-up of each. */
export async function compare(
  { targets }: Comparison,
  load: Load,
  { connections, seconds, rounds, warmUpSeconds }: RoundOptions,
): Promise<Figures[]> {
  // wrk cannot run for less than a second.
  for (const target of targets)
    await sample(loadWithAutocannon, target, { connections, seconds: warmUpSeconds });
  const samples = new Map<Target, Sample[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const target of orderOf(targets, round)) {
      const earlier = samples.get(target) ?? [];
      samples.set(target, [...earlier, await sample(load, target, { connections, seconds })]);
    }
  }
  return summarize(
    targets.map((target) => ({ name: target.name, samples: samples.get(target) ?? [] })),
  );
}
