// Starts the built server for checks from outside. Run `pnpm build` first.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './pnpm.mjs';

const cli = path.join(root, 'apps/server/dist/cli.js');

/** Account of the superuser of a started server. */
export const account = { email: 'admin@example.com', password: 'a passphrase for the check' };

/** Throws if the server is not built. */
export function requireBuild() {
  if (!existsSync(cli)) throw new Error('The server is not built: run "pnpm build" first.');
}

/**
 * Starts a server on a free port, with its data below the folder `room`. Rejects if it exits before
 * it is ready.
 */
export async function startServer(room, variables = {}) {
  const dataDir = path.join(room, 'data');
  mkdirSync(dataDir);
  for (const folder of [room, dataDir]) chmodSync(folder, 0o755); // PostgreSQL, which does not run as root, must get in.
  const env = {
    ...process.env,
    PORT: '0',
    SYNAP_DATA_DIR: dataDir,
    SYNAP_ADMIN_EMAIL: account.email,
    SYNAP_ADMIN_PASSWORD: account.password,
    LOG_LEVEL: 'warn',
    ...variables,
  };
  const server = spawn(process.execPath, [cli, 'start'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
  };
  const url = new Promise((resolve, reject) => {
    createInterface({ input: server.stdout }).on('line', (line) => {
      const ready = /^Synap is ready: (\S+)/.exec(line)?.[1];
      if (ready) resolve(ready);
    });
    void ended.then((code) =>
      reject(new Error(`The server ended with ${code} before it was ready.`)),
    );
  });
  return { url: await url, stop };
}
