import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds of the measurement before a run. */
const sampleMs = 500;

export interface CpuTimes {
  idle: number;
  total: number;
}

/** Returns the share of busy time between two readings, from 0 to 1. */
export function busyShare(before: CpuTimes, after: CpuTimes): number {
  const total = after.total - before.total;
  return total <= 0 ? 0 : 1 - (after.idle - before.idle) / total;
}

function readTimes(): CpuTimes {
  const all = os.cpus().map(({ times }) => times);
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  return {
    idle: sum(all.map(({ idle }) => idle)),
    total: sum(all.flatMap((times) => Object.values(times))),
  };
}

/** Measures how busy other programs keep all cores, from 0 to 1. */
export async function measureMachineLoad(): Promise<number> {
  const before = readTimes();
  await delay(sampleMs);
  return busyShare(before, readTimes());
}
