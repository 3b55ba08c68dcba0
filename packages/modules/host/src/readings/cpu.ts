import { cpus } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { percent } from './percent.js';

/** Milliseconds that a core spent per activity since the system started. */
export interface CoreTimes {
  readonly idle: number;
  readonly total: number;
}

export interface CpuUsage {
  /** Percent, over all cores. */
  readonly usage: number;
  /** Percent, core by core. */
  readonly cores: number[];
}

const readTimes = (): CoreTimes[] =>
  cpus().map(({ times }) => ({
    idle: times.idle,
    total: times.user + times.nice + times.sys + times.idle + times.irq,
  }));

/**
 * Computes the usage of each core between two samples. A core without elapsed time counts as idle.
 */
export function usageBetween(before: readonly CoreTimes[], after: readonly CoreTimes[]): CpuUsage {
  const spent = after.map(({ idle, total }, core) => {
    const from = before[core] ?? { idle, total };
    return { idle: idle - from.idle, total: total - from.total };
  });
  const busy = ({ idle, total }: CoreTimes) => percent(total - idle, total);
  const sum = {
    idle: spent.reduce((all, { idle }) => all + idle, 0),
    total: spent.reduce((all, { total }) => all + total, 0),
  };
  return { usage: busy(sum), cores: spent.map(busy) };
}

/** Samples the cores for `ms` milliseconds. */
export async function sampleCpu(ms: number, signal: AbortSignal): Promise<CpuUsage> {
  const before = readTimes();
  await wait(ms, undefined, { signal });
  return usageBetween(before, readTimes());
}
