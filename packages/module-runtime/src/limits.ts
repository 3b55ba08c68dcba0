/** Limits of one module. Times are milliseconds. */
export interface ModuleLimits {
  /** V8's heap (`--max-old-space-size`), in megabytes. */
  readonly heapMegabytes: number;
  /**
   * All memory of the process, including Buffers, in megabytes. Above it the watchdog kills the
   * process.
   */
  readonly memoryMegabytes: number;
  /** From the start of the process until it is configured. */
  readonly startMs: number;
  /** Default deadline of a widget's load. */
  readonly loadMs: number;
  /** Default deadline of a run of the sync job. */
  readonly syncMs: number;
  /** Time that an aborted call has to stop before its process is killed. */
  readonly graceMs: number;
  /** Widget data as JSON text, in bytes. */
  readonly dataBytes: number;
  /** Concurrent loads in one module; up to `queuedLoads` more wait in a queue. */
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
