import { type ChildProcess, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { parse } from 'node:path';
import { Duplex, type Readable } from 'node:stream';
import type { ModuleLimits } from '../limits.js';
import { channelFd, outOfMemoryWord, watchdogFd } from '../protocol/streams.js';
import { departureOf, type ProcessExit } from './process-exit.js';
import { programArguments, programEnvironment } from './program.js';

export interface SpawnedModule {
  readonly channel: Duplex;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly gone: Promise<ProcessExit>;
  /** Ends the process and the programs it started, at once. */
  kill(reason: string): void;
  /** From now on the server goes first when both want a processor. */
  yieldToServer(): void;
  /** The process is about to end because we want it to. */
  expectEnd(reason: string): void;
}

/** Milliseconds within which the streams of a process that has ended are read to their end. */
const streamPatience = 1_000;

/**
 * Starts the program of a module's process: own process group, next to no environment, a folder
 * that is nobody's.
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
  // It says one word, if any: what else is written there stays in the pipe.
  watchdog.once('data', (word: Buffer) => {
    outOfMemory = word.includes(outOfMemoryWord);
    watchdog.pause();
  });
  watchdog.on('error', () => undefined);

  const gone = new Promise<ProcessExit>((resolve) => {
    child.once('error', (error) => resolve({ reason: `could not be started (${error.message})` }));
    // The watchdog's word was written before the process died, but it may be read after.
    child.once('exit', (code, signal) => {
      // The programs that it started do not end by themselves.
      killGroup(child);
      const tell = () => resolve(departureOf({ code, signal, endedFor, outOfMemory }, limits));
      if (watchdog.closed) return tell();
      // A program that left the group may hold the watchdog's stream open.
      const late = setTimeout(() => watchdog.destroy(), streamPatience);
      watchdog.once('close', () => {
        clearTimeout(late);
        tell();
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

/** About a third of a processor, against a server that wants all of it. */
const niceness = 5;

function lowerPriority({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, niceness);
  } catch {
    // It has ended already, or the platform does not allow it: then they share as equals.
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
