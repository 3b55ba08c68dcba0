import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Command } from './generator.js';

const isWindows = process.platform === 'win32';

/** True if the PATH has a program of this name. */
export async function isOnPath(name: string): Promise<boolean> {
  const endings = isWindows ? (process.env.PATHEXT ?? '.EXE').split(';') : [''];
  const candidates = (process.env.PATH ?? '')
    .split(path.delimiter)
    .flatMap((folder) => endings.map((ending) => path.join(folder, `${name}${ending}`)));
  const found = await Promise.allSettled(candidates.map((file) => access(file, constants.X_OK)));
  return found.some(({ status }) => status === 'fulfilled');
}

/**
 * Runs a program and returns its standard output. Rejects with all output if it fails, or if it
 * takes longer than the limit.
 */
export async function runCommand(
  command: Command,
  folder: string,
  limitMs: number,
): Promise<string> {
  const { program, args, cwd = folder, env } = command;
  const name = path.basename(program);
  const child = spawn(program, args, {
    cwd,
    // A toolchain must not fetch a newer version of itself.
    env: { ...process.env, GOTOOLCHAIN: 'local', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that a stop reaches the programs that it started.
    detached: !isWindows,
  });
  let isLate = false;
  const stop = () => {
    if (child.pid === undefined) return;
    if (isWindows) child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  };
  const timer = setTimeout(() => {
    isLate = true;
    stop();
  }, limitMs);
  process.once('exit', stop);
  try {
    const ended = once(child, 'close');
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      ended,
    ]);
    if (isLate) throw new Error(`${name} took longer than ${Math.ceil(limitMs / 1000)} s`);
    if (code !== 0) throw new Error(`${name} ended with ${code}:\n${stdout}${stderr}`.trim());
    return stdout;
  } finally {
    clearTimeout(timer);
    process.off('exit', stop);
  }
}
