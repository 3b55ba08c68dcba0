import { Worker } from 'node:worker_threads';
import { outOfMemoryWord, watchdogFd } from '../protocol/streams.js';

/** Starts the watchdog. Resolves when it runs, so that the module's code never runs without it. */
export function startWatchdog(memoryMegabytes: number): Promise<void> {
  const worker = new Worker(new URL('./watchdog.js', import.meta.url), {
    workerData: { watchdogFd, outOfMemoryWord, memoryBytes: memoryMegabytes * 1024 * 1024 },
    execArgv: [],
  });
  worker.unref();
  return new Promise((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', reject);
  });
}
