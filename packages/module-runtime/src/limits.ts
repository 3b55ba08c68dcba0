/** What one module may take. Times are milliseconds. */
export interface ModuleLimits {
  /** V8's heap (`--max-old-space-size`), in megabytes. */
  readonly heapMegabytes: number;
  /**
   * All memory of the process, Buffers too, in megabytes; past it the watchdog ends the process.
   */
  readonly memoryMegabytes: number;
  /** From the start of the process until it is configured. */
  readonly startMs: number;
  /** Default deadline of a widget's load. */
  readonly loadMs: number;
  /** Default deadline of a run of the sync job. */
  readonly syncMs: number;
  /** How long an aborted call may take to stop before its process is killed. */
  readonly graceMs: number;
  /** Widget data as JSON text, in bytes. */
  readonly dataBytes: number;
  /** Loads that run at once in one module; more wait in a queue of `queuedLoads`. */
  readonly concurrentLoads: number;
  readonly queuedLoads: number;
}

export const defaultLimits: ModuleLimits = {
  heapMegabytes: 128,
  memoryMegabytes: 384,
  startMs: 20_000,
  loadMs: 8_000,
  syncMs: 5 * 60_000,
  graceMs: 1_000,
  dataBytes: 1_000_000,
  concurrentLoads: 4,
  queuedLoads: 64,
};
