// @ts-check
/**
 * A thread beside the module: it runs on while the module's code blocks the main thread, and ends
 * the whole process group – programs that the module started, too – when the server's process dies
 * or the memory limit is passed. JavaScript, because a worker thread does not get the loader that
 * runs the other sources.
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
