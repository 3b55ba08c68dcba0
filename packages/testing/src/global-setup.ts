import { beginRun, endRun } from './run.js';

/** vitest's globalSetup: begins a run before all test files and ends it after them. */
export async function setup(): Promise<() => Promise<void>> {
  await beginRun();
  return endRun;
}
