// Starts the built server on an empty data folder and runs every example against it.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './pnpm.mjs';

const dataDir = mkdtempSync(path.join(os.tmpdir(), 'synap-examples-'));
chmodSync(dataDir, 0o755); // PostgreSQL, which does not run as root, must get in.
const account = { SYNAP_EMAIL: 'admin@example.com', SYNAP_PASSWORD: 'a passphrase for examples' };
const examples = [
  ['node', '--import', 'tsx', '--conditions=@synap/source', 'examples/basic-usage.ts'],
  ['bash', 'examples/rest.sh'],
];

const server = spawn(process.execPath, ['apps/server/dist/cli.js', 'start'], {
  cwd: root,
  env: {
    ...process.env,
    PORT: '0',
    SYNAP_DATA_DIR: dataDir,
    SYNAP_ADMIN_EMAIL: account.SYNAP_EMAIL,
    SYNAP_ADMIN_PASSWORD: account.SYNAP_PASSWORD,
    LOG_LEVEL: 'warn',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = new Promise((resolve) => server.once('exit', resolve));
const origin = await new Promise((resolve, reject) => {
  createInterface({ input: server.stdout }).on('line', (line) => {
    console.log(line);
    const ready = /^Synap is ready: (\S+)/.exec(line)?.[1];
    if (ready) resolve(ready);
  });
  server.once('exit', (code) =>
    reject(new Error(`The server ended with ${code} before it was ready.`)),
  );
});
try {
  for (const [program, ...args] of examples) {
    console.log(`\n$ ${[program, ...args].join(' ')}`);
    const { status } = spawnSync(program, args, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...account, SYNAP_URL: origin },
    });
    if (status !== 0) {
      console.error(`${args.at(-1)} failed.`);
      process.exitCode = 1;
    }
  }
} finally {
  server.kill('SIGTERM');
  await ended;
  rmSync(dataDir, { recursive: true, force: true });
}
