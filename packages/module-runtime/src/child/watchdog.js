// @ts-check
/**
 * Watchdog thread. It keeps running while the module's code blocks the main thread. Kills the
 * process group, including programs that the module started, when the server's process dies or the
 * memory limit is exceeded. JavaScript, because a worker thread does not inherit the loader of the
 * other sources.
 */
import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { endGroup } from './end-group.js';

const everyMs = 100;
/** @type {{ watchdogFd: number, memoryBytes: number, outOfMemoryWord: string }} */
const { watchdogFd, memoryBytes, outOfMemoryWord } = workerData;

new Socket({ fd: watchdogFd, readable: true, writable: true })
  .on('close', endGroup)
  .on('error', endGroup)
  .resume();

setInterval(() => {
  if (process.memoryUsage.rss() <= memoryBytes) return;
  try {
    writeSync(watchdogFd, outOfMemoryWord);
  } finally {
    endGroup();
  }
}, everyMs);

parentPort?.postMessage('watching');
