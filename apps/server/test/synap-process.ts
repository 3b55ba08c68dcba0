import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeCluster, startEmbeddedPostgres } from '@synap/db';
import { createTestDatabase, type TestDatabase } from '@synap/testing';
import { admin } from './server-under-test.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Node's arguments for each program. */
const programs = {
  synap: [path.join(root, 'apps/server/dist/cli.js')],
  /** A server whose worker counts as dead after four seconds. */
  brisk: ['--import', 'tsx', path.join(root, 'apps/server/test/brisk-server.ts')],
};

/** The synap command with its arguments, for shell pipes. */
export const synapCommand = [process.execPath, ...programs.synap];

const children = new Set<ChildProcess>();
const folders: string[] = [];
const databases: TestDatabase[] = [];

/** Stops all launched processes and deletes their data. For `afterEach`. */
export async function endProcesses(): Promise<void> {
  for (const child of children) await ended(child, 'SIGKILL');
  for (const folder of folders.splice(0)) {
    // The embedded PostgreSQL outlives a killed server.
    if (existsSync(path.join(folder, 'postgres/data/postmaster.pid')))
      await (await startEmbeddedPostgres({ dataDir: folder })).stop();
    removeCluster(folder);
    await rm(folder, { recursive: true, force: true });
  }
  for (const database of databases.splice(0)) await database.drop();
}

/** Creates a new data folder. */
export async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'synap-process-'));
  await chmod(folder, 0o755); // PostgreSQL, which does not run as root, must get in.
  folders.push(folder);
  return folder;
}

/**
 * Settings of a new installation on the database server of this run. It starts sooner than one with
 * a PostgreSQL of its own.
 */
export async function newInstallation() {
  const database = await createTestDatabase();
  databases.push(database);
  return { SYNAP_DATA_DIR: await dataFolder(), DATABASE_URL: database.url };
}

/** Runs a built program in a new process, without the environment of this one. */
export function launch(
  args: string[],
  variables: Record<string, string>,
  program: keyof typeof programs = 'synap',
) {
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    PORT: '0',
    SYNAP_ADMIN_PASSWORD: admin.password,
    ...variables,
  };
  const child = spawn(process.execPath, [...programs[program], ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output.text += chunk.toString()));
  return { child, output };
}

/** Starts a server and resolves with its address once it is ready. */
export function startServer(
  variables: Record<string, string>,
  program: keyof typeof programs = 'synap',
) {
  const { child, output } = launch(['start'], variables, program);
  return new Promise<{ child: ChildProcess; output: { text: string }; origin: string }>(
    (resolve, reject) => {
      child.stdout.on('data', () => {
        const origin = /Synap is ready: (\S+)/.exec(output.text)?.[1];
        if (origin) resolve({ child, output, origin });
      });
      child.once('exit', (code) => reject(new Error(`Ended with ${code}:\n${output.text}`)));
    },
  );
}

/** Runs a command and waits for its exit. */
export async function run(
  args: string[],
  variables: Record<string, string>,
): Promise<{ code: number | null; text: string }> {
  const { child, output } = launch(args, variables);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { code, text: output.text };
}

/** Sends a signal and resolves with the exit code; null if the signal killed the process. */
export function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve(child.exitCode);
    child.once('exit', resolve);
    child.kill(signal);
  });
}
