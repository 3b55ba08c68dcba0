import type { ModuleLimits } from '../limits.js';

/** The end of a module's process: `reason` completes "The module git …". */
export interface ProcessExit {
  readonly reason: string;
}

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why we ended it ourselves. */
  readonly endedFor: string | undefined;
  /** The watchdog's last word was that memory ran out. */
  readonly outOfMemory: boolean;
}

/** Signals by which V8 ends a process whose heap is full. */
const heapSignals: readonly string[] = ['SIGABRT', 'SIGTRAP', 'SIGILL'];

/** Says in words why a module's process ended. */
export function departureOf(
  { code, signal, endedFor, outOfMemory }: Ending,
  limits: ModuleLimits,
): ProcessExit {
  if (endedFor !== undefined) return { reason: endedFor };
  if (outOfMemory)
    return { reason: `took more than ${limits.memoryMegabytes} MB of memory and was ended` };
  if (signal !== null && heapSignals.includes(signal)) {
    return {
      reason: `crashed (${signal}), most likely because its heap passed ${limits.heapMegabytes} MB`,
    };
  }
  return {
    reason:
      signal === null
        ? `exited by itself with code ${code ?? 'unknown'}`
        : `was ended from outside by ${signal}`,
  };
}
