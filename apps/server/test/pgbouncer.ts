import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { freePort, until } from '@synap/testing';
import { accepts } from './accepts.js';
import { onPath } from './on-path.js';

const found = onPath('pgbouncer') !== undefined;

/**
 * Tests with PgBouncer run if there is one, or if its absence is a failure
 * (`PGBOUNCER_TEST=required`).
 */
export const testsPgbouncer = found || process.env.PGBOUNCER_TEST === 'required';

export interface Pgbouncer {
  /** Address of the database through the pooler. */
  url: string;
  stop(): Promise<void>;
}

interface PgbouncerOptions {
  mode: 'session' | 'transaction';
  /** Address of PostgreSQL, with role and database. */
  url: string;
  /** Number of connections to PostgreSQL. */
  size: number;
}

/** Starts a pooler with defaults, which rejects additional start-up parameters. */
export async function startPgbouncer({ mode, url, size }: PgbouncerOptions): Promise<Pgbouncer> {
  if (!found) throw new Error('pgbouncer is not on the PATH: install the package pgbouncer');
  const folder = await mkdtemp(path.join(os.tmpdir(), 'synap-pgbouncer-'));
  const port = await freePort();
  const target = new URL(url);
  const users = path.join(folder, 'users.txt');
  const settings = path.join(folder, 'pgbouncer.ini');
  await writeFile(users, `"${target.username}" "${target.password}"\n`);
  await writeFile(
    settings,
    `[databases]
* = host=${target.hostname} port=${target.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = ${mode}
default_pool_size = ${size}
`,
  );
  const isRoot = process.getuid?.() === 0;
  // PgBouncer does not run as root.
  for (const file of [folder, users, settings]) await chmod(file, isRoot ? 0o755 : 0o700);
  const account = isRoot ? { uid: 65_534, gid: 65_534 } : {};
  const child: ChildProcess = spawn(
    'pgbouncer',
    [settings],
    Object.assign({ stdio: 'ignore', cwd: '/' } as const, account),
  );
  const own = Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await until(() => accepts(port), { timeout: 30_000 });
  return {
    url: own,
    async stop() {
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
