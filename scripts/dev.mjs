// Runs the server from source and restarts it after each save; the embedded PostgreSQL keeps running
// in a separate process.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { root } from './pnpm.mjs';
import { watchTree } from './watch-tree.mjs';

/** Milliseconds for the server to stop before a restart. */
const endMs = 5000;
const dotenv = path.resolve('.env');
const lock = path.join(root, 'pnpm-lock.yaml');

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const isRunning = (child) =>
  child !== undefined && child.exitCode === null && child.signalCode === null;
const exitOf = (child) =>
  new Promise((resolve) => (isRunning(child) ? child.once('exit', resolve) : resolve()));

/** Returns the settings as the server reads them. */
function readVariables() {
  const file = existsSync(dotenv) ? parseEnv(readFileSync(dotenv, 'utf8')) : {};
  return Object.assign(file, process.env);
}

async function end(child) {
  if (!isRunning(child)) return;
  const exited = exitOf(child);
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), endMs);
  await exited;
  clearTimeout(kill);
}

function watched() {
  const { SYNAP_MODULES_DIR: modules, SYNAP_DATA_DIR: data } = readVariables();
  const folders = ['apps', 'packages', 'prisma'].map((folder) => path.join(root, folder));
  if (modules) folders.push(path.resolve(modules));
  return { folders, files: [dotenv, lock], ignored: [path.resolve(data || '.data')] };
}

/**
 * Runs `run(args)`, which starts a program from source, until a signal ends this process.
 *
 * @param prepare installs and generates what is missing; rejects with the reason if that fails
 */
export async function dev({ run, prepare, args }) {
  let server;
  let keeper;
  /** Address of the embedded database; null if the settings name another one, or are invalid. */
  let databaseUrl;
  const ended = new Promise((resolve) => {
    for (const signal of signals) process.on(signal, () => resolve(null));
  });

  /**
   * Starts the process that runs the database. Resolves to false if it fails; the process prints the
   * reason.
   */
  async function openDatabase() {
    if (isRunning(keeper) || databaseUrl === null) return true;
    const child = run('apps/server/src/dev-database.ts', [], process.env);
    keeper = child;
    return await new Promise((resolve) => {
      child.once('message', (url) => {
        databaseUrl = url;
        resolve(true);
      });
      child.once('exit', () => resolve(false));
    });
  }

  async function start() {
    if (!(await openDatabase()))
      return console.error('The database did not start. Waiting for a change …');
    const variables = Object.assign({}, process.env, databaseUrl && { DATABASE_URL: databaseUrl });
    const child = run('apps/server/src/cli.ts', args, variables);
    server = child;
    child.once('exit', (code, signal) => {
      if (server === child)
        console.error(`The server has ended (${signal ?? code}). Waiting for a change …`);
    });
  }

  async function restart(changed) {
    const names = changed.map((file) => path.relative(root, file));
    console.log(
      `Changed: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}. Restarting …`,
    );
    const old = server;
    server = undefined;
    await end(old);
    if (changed.includes(dotenv)) await closeDatabase();
    if (changed.includes(lock) || changed.some((file) => file.endsWith('.prisma'))) await prepare();
    await start();
  }

  async function closeDatabase() {
    const exited = exitOf(keeper);
    keeper?.kill('SIGTERM');
    await exited;
    databaseUrl = undefined;
  }

  let tree = await watchTree(watched());
  let started = start();
  for (;;) {
    const changed = await Promise.race([ended, tree.next()]);
    if (changed === null) break;
    await started.catch((error) => console.error(error.message));
    if (changed.includes(dotenv)) {
      tree.close();
      tree = await watchTree(watched());
    }
    started = restart(changed).catch((error) =>
      console.error(`${error.message}\nWaiting for a change …`),
    );
  }
  tree.close();
  await started;
  const last = server;
  server = undefined;
  await end(last);
  await closeDatabase();
}
