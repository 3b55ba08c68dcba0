import { type ChildProcess, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { parse } from 'node:path';
import { Duplex, type Readable } from 'node:stream';
import type { ModuleLimits } from '../limits.js';
import { channelFd, outOfMemoryWord, watchdogFd } from '../protocol/streams.js';
import { describeExit, type ProcessExit } from './process-exit.js';
import { programArguments, programEnvironment } from './program.js';

export interface SpawnedModule {
  readonly channel: Duplex;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly gone: Promise<ProcessExit>;
  /** Kills the process and the programs it started. */
  kill(reason: string): void;
  /** Lowers the priority of the process below that of the server. */
  yieldToServer(): void;
  /** Announces an intended end, so that `reason` describes it. */
  expectEnd(reason: string): void;
}

/** Milliseconds to read the remaining output of an ended process. */
const streamTimeoutMs = 1_000;

/**
 * Starts the program of a module's process: in its own process group, with a minimal environment,
 * in a neutral folder.
 */
export function spawnModule(limits: ModuleLimits): SpawnedModule {
  const child = spawn(process.execPath, programArguments(limits.heapMegabytes), {
    env: programEnvironment(),
    cwd: parse(process.execPath).root,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const watchdog = duplex(child, watchdogFd);
  let endedFor: string | undefined;
  let outOfMemory = false;
  // It sends at most one word; anything else stays in the pipe.
  watchdog.once('data', (word: Buffer) => {
    outOfMemory = word.includes(outOfMemoryWord);
    watchdog.pause();
  });
  watchdog.on('error', () => undefined);

  const gone = new Promise<ProcessExit>((resolve) => {
    child.once('error', (error) => resolve({ reason: `could not be started (${error.message})` }));
    // The watchdog's word is written before the process dies, but may be read after it.
    child.once('exit', (code, signal) => {
      // Programs that it started do not end with it.
      killGroup(child);
      const finish = () => resolve(describeExit({ code, signal, endedFor, outOfMemory }, limits));
      if (watchdog.closed) return finish();
      // A program that left the group may keep the watchdog's stream open.
      const late = setTimeout(() => watchdog.destroy(), streamTimeoutMs);
      watchdog.once('close', () => {
        clearTimeout(late);
        finish();
      });
      watchdog.resume();
    });
  });

  return {
    channel: duplex(child, channelFd),
    stdout: readable(child.stdout),
    stderr: readable(child.stderr),
    gone,
    kill(reason) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      endedFor ??= reason;
      killGroup(child);
    },
    yieldToServer: () => lowerPriority(child),
    expectEnd(reason) {
      endedFor ??= reason;
    },
  };
}

/** Yields about a third of a CPU against a busy server. */
const niceness = 5;

function lowerPriority({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, niceness);
  } catch {
    // Already ended, or the platform forbids it: both keep the same priority.
  }
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid === undefined || process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

function duplex(child: ChildProcess, fd: number): Duplex {
  const stream = child.stdio[fd];
  if (stream instanceof Duplex) return stream;
  throw new Error(`Stream ${fd} of the module's process was not opened`);
}

function readable(stream: Readable | null): Readable {
  if (stream) return stream;
  throw new Error("An output of the module's process was not opened");
}
