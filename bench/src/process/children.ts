import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Cleanup } from './cleanup.js';

export interface StartOptions<T> {
  args: string[];
  env: Record<string, string>;
  /** Returns the result of the start for the first line that contains it. */
  found: (line: string) => T | undefined;
  cleanup: Cleanup;
}

/**
 * Starts a program and resolves with the first result of `found`. Rejects if the program exits
 * first. A process group of its own keeps Ctrl-C away from it, so that `cleanup` decides the order.
 * It exits when the IPC channel closes, even if this process is killed.
 */
export function startChild<T>({
  args,
  env,
  found,
  cleanup,
}: StartOptions<T>): Promise<{ pid: number; value: T }> {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    detached: true,
  });
  const { pid, stdout } = child;
  cleanup.add(() => endChild(child));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    if (pid === undefined || stdout === null) return;
    const lines: string[] = [];
    createInterface({ input: stdout }).on('line', (line) => {
      if (lines.length < 50) lines.push(line);
      const value = found(line);
      if (value !== undefined) resolve({ pid, value });
    });
    child.once('exit', (code) =>
      reject(new Error(`${args.join(' ')} ended with ${code}:\n${lines.join('\n')}`)),
    );
  });
}

/** Stops a child and waits for its exit. */
function endChild(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null)
      return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
