import type { ModuleLimits } from '../limits.js';

/** Exit of a module's process. `reason` completes the sentence "The module git …". */
export interface ProcessExit {
  readonly reason: string;
}

interface ExitDetails {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Reason if the server ended it. */
  readonly endedFor: string | undefined;
  /** True if the watchdog reported excessive memory. */
  readonly outOfMemory: boolean;
}

/** Signals by which V8 ends a process whose heap is full. */
const heapSignals: readonly string[] = ['SIGABRT', 'SIGTRAP', 'SIGILL'];

/** Describes why a module's process ended. */
export function describeExit(
  { code, signal, endedFor, outOfMemory }: ExitDetails,
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
