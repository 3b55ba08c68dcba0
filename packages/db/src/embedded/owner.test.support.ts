import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Account } from './account.js';

const program = fileURLToPath(new URL('./owner.test.program.ts', import.meta.url));
const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** The first line that the program prints. */
export interface Owned {
  url: string;
  port: number;
  pid: number;
  folder: string;
  error?: string;
}

export interface Owner {
  child: ChildProcess;
  lines: Interface;
  /** The first line. */
  started: Promise<Owned>;
  /** Sends a signal and waits for the end of the program. */
  end(signal: NodeJS.Signals): Promise<void>;
}

export interface OwnerOptions {
  mode?: 'hold' | 'write';
  account?: Account;
  home?: string;
  arch?: string;
}

function failEarly([code]: unknown[]): never {
  throw new Error(`The program ended with ${code} before it said anything`);
}

/** Starts a separate process that leads the cluster of `dataDir`. */
export function spawnOwner(
  dataDir: string,
  { mode = 'hold', account, home, arch = '' }: OwnerOptions = {},
): Owner {
  const child = spawn(process.execPath, ['--import', 'tsx', program, dataDir, mode, arch], {
    ...account,
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: home ? { PATH: process.env.PATH, HOME: home, TMPDIR: home } : process.env,
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  return {
    child,
    lines,
    started: Promise.race([
      once(lines, 'line').then(([line]) => JSON.parse(line)),
      exited.then(failEarly),
    ]),
    async end(signal) {
      child.kill(signal);
      await exited;
    },
  };
}
