import { availableParallelism, cpus } from 'node:os';
import { readCgroupLimits } from './cgroup.js';

export interface Cores {
  /** All cores that the load averages count, including those that the server may not use. */
  readonly cores: number;
  /** Cores that the server may use, limited by CPU affinity (`taskset`) and the control group. */
  readonly usableCores: number;
}

export async function readCores(): Promise<Cores> {
  const { cores } = await readCgroupLimits();
  const usable = availableParallelism();
  return { cores: Math.max(cpus().length, usable), usableCores: Math.min(usable, cores ?? usable) };
}
