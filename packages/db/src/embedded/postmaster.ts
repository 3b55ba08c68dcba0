import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Toolchain } from './binaries.js';
import { changeOwnerToOwnerOf } from './files.js';
import type { ClusterLocation } from './location.js';
import { isReady, readPostmaster, removeBlankLockFile } from './postmaster-file.js';
import { isAlive, isPostmasterOf } from './processes.js';
import { ignoringStalePid, isClusterInUse, programEnvironment } from './programs.js';

function listensOn(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : null));
    });
  });
}

/** Returns `wanted` if it is free, else any free port of the loopback interface. */
export async function choosePort(wanted: number | null): Promise<number> {
  const port = (wanted === null ? null : await listensOn(wanted)) ?? (await listensOn(0));
  if (port === null)
    throw new Error('There is no free port on 127.0.0.1 for the embedded PostgreSQL.');
  return port;
}

const maxLogBytes = 5_000_000;

function openLog({ base }: ClusterLocation): { file: string; descriptor: number } {
  const file = path.join(base, 'postgres.log');
  if (existsSync(file) && statSync(file).size > maxLogBytes) renameSync(file, `${file}.1`);
  const descriptor = openSync(file, 'a', 0o600);
  changeOwnerToOwnerOf(base, file);
  return { file, descriptor };
}

function settings(port: number, durable: boolean): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] ',
    log_checkpoints: 'off',
    ...(durable
      ? {}
      : {
          fsync: 'off',
          synchronous_commit: 'off',
          full_page_writes: 'off',
          autovacuum: 'off',
          max_connections: 300,
        }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Result of an attempt to start PostgreSQL. */
export type StartOutcome =
  | { kind: 'ready'; pid: number }
  | { kind: 'taken' }
  | { kind: 'port-taken' }
  | { kind: 'failed'; reason: string };

function outcomeOf(written: string, code: number | null, signal: string | null): StartOutcome {
  if (isClusterInUse(written)) return { kind: 'taken' };
  if (/could not bind|Address already in use/.test(written)) return { kind: 'port-taken' };
  return {
    kind: 'failed',
    reason: written.trim().split('\n').slice(-5).join('\n') || `it ended with ${signal ?? code}`,
  };
}

function launch(
  location: ClusterLocation,
  { binaries, account, durable }: Toolchain,
  port: number,
  log: number,
): ChildProcess {
  removeBlankLockFile(location);
  const postmaster = readPostmaster(location);
  const stalePid = postmaster && !postmaster.alive ? postmaster.pid : null;
  const child = spawn(binaries.postgres, ['-D', location.pgData, ...settings(port, durable)], {
    ...account,
    cwd: '/',
    env: { ...programEnvironment, ...ignoringStalePid(stalePid) },
    stdio: ['ignore', log, log],
    detached: true, // Keep Ctrl-C from PostgreSQL: Synap stops it last.
  });
  child.unref();
  return child;
}

/**
 * Starts PostgreSQL and waits until it accepts connections. It survives if this process is killed.
 */
export async function startPostmaster(
  location: ClusterLocation,
  tools: Toolchain,
  port: number,
): Promise<StartOutcome> {
  const { file, descriptor } = openLog(location);
  const before = statSync(file).size;
  try {
    const child = launch(location, tools, port, descriptor);
    let ended: { code: number | null; signal: string | null } | null = null;
    let failure: Error | null = null;
    child.once('exit', (code, signal) => {
      ended = { code, signal };
    });
    child.once('error', (error) => {
      failure = error;
    });
    for (;;) {
      if (failure) throw new Error(`The embedded PostgreSQL cannot be run: ${String(failure)}`);
      if (ended) return explain(file, before, ended);
      if (child.pid !== undefined && isReady(location, child.pid))
        return { kind: 'ready', pid: child.pid };
      await delay(10);
    }
  } finally {
    closeSync(descriptor);
  }
}

function explain(
  file: string,
  from: number,
  { code, signal }: { code: number | null; signal: string | null },
): StartOutcome {
  return outcomeOf(readFileSync(file).subarray(from).toString('utf8'), code, signal);
}

/**
 * Waits for the end of the process. Does not check that it still serves the folder: a process that
 * ends releases its folder first.
 */
async function endsWithin(pid: number, milliseconds: number): Promise<boolean> {
  for (const deadline = Date.now() + milliseconds; Date.now() < deadline; await delay(10)) {
    if (!isAlive(pid)) return true;
  }
  return false;
}

/**
 * Stops PostgreSQL: closes sessions and writes everything (fast shutdown). After 10 s forces an
 * immediate shutdown, which loses no committed data.
 */
export async function stopPostmaster(location: ClusterLocation, pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!isPostmasterOf(pid, location.pgData)) return;
    process.kill(pid, signal);
    if (await endsWithin(pid, 10_000)) return;
  }
  throw new Error(
    `The embedded PostgreSQL (process ${pid}) does not stop. End it manually: kill -9 ${pid}`,
  );
}
