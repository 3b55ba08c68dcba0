import { readFileSync } from 'node:fs';

/** Linux counts in steps of 10 ms on every architecture that Node supports. */
const microsPerTick = 10_000;

/** Returns user and system time in microseconds from the text of `/proc/<pid>/stat`. */
export function parseCpuTime(stat: string): number {
  // The name of the program precedes the last parenthesis and may contain anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * microsPerTick;
}

/** Returns the CPU time of a process so far, in microseconds; null on systems other than Linux. */
export function cpuTimeOf(pid: number): number | null {
  if (process.platform !== 'linux') return null;
  return parseCpuTime(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}
