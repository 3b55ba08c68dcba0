import { spawnSync } from 'node:child_process';
import type { Cleanup } from '../process/cleanup.js';
import { loadWithAutocannon } from './autocannon.js';
import type { Load } from './load.js';
import { createWrk } from './wrk.js';

export interface Generator {
  name: 'wrk' | 'autocannon';
  load: Load;
}

/** Uses wrk, or autocannon if wrk is not installed. */
export function createGenerator(folder: string, cleanup: Cleanup): Generator {
  const hasWrk = spawnSync('wrk', ['--version'], { stdio: 'ignore' }).error === undefined;
  return hasWrk
    ? { name: 'wrk', load: createWrk(folder, cleanup) }
    : { name: 'autocannon', load: loadWithAutocannon };
}
