// Runs the `synap` command from source on a bare clone: installs what is missing, generates the Prisma client, hands over.
//   node scripts/start.mjs start            node scripts/start.mjs start --reload           node scripts/start.mjs doctor
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { installMissing, root } from './pnpm.mjs';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Synap needs Node 20.19 or newer; this is ${process.versions.node}. Install a current Node from https://nodejs.org and run the command again.`,
  );
  process.exit(1);
}

try {
  installMissing();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
const generated = spawnSync(process.execPath, [path.join(root, 'scripts/generate.mjs')], { stdio: 'inherit' });
if (generated.status !== 0) process.exit(generated.status ?? 1);

const args = process.argv.slice(2);
const reload = args.includes('--reload');
const tsx = pathToFileURL(path.join(root, 'node_modules/tsx/dist/loader.mjs')).href;
const child = spawn(
  process.execPath,
  [
    ...(reload ? ['--watch', '--watch-preserve-output'] : []),
    '--import',
    tsx,
    '--conditions=@synap/source',
    path.join(root, 'apps/server/src/cli.ts'),
    ...args.filter((arg) => arg !== '--reload'),
  ],
  // The channel tells the server when this process is killed: it then ends in order, and the database with it.
  { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] },
);
// Ctrl-C reaches the whole foreground group by itself; a signal sent to this process alone is passed on. Either way we wait for the end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
child.on('exit', (code, signal) => {
  if (signal) process.kill(process.pid, signal);
  else process.exit(code ?? 1);
});
