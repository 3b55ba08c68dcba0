// Runs the `synap` command from source on a bare clone. Installs dependencies and generates the
// Prisma client if they are missing.
//   node scripts/start.mjs start
//   node scripts/start.mjs start --reload
//   node scripts/start.mjs doctor
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { installMissing, requireNode, root } from './pnpm.mjs';

/** Installs dependencies and generates the client if they are missing. Throws if this fails. */
async function prepare() {
  await installMissing();
  const { status } = spawnSync(process.execPath, [path.join(root, 'scripts/generate.mjs')], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('The Prisma client is missing: see the message above.');
}

/**
 * Starts a program from source. The IPC channel closes if this process is killed; the program then
 * shuts down with its database.
 */
function run(program, args, env) {
  const tsx = pathToFileURL(path.join(root, 'node_modules/tsx/dist/loader.mjs')).href;
  return spawn(
    process.execPath,
    ['--import', tsx, '--conditions=@synap/source', path.join(root, program), ...args],
    {
      env,
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    },
  );
}

/** Runs the command and exits with its code or signal. */
function handOver(args) {
  const child = run('apps/server/src/cli.ts', args, process.env);
  // Ctrl-C reaches the whole foreground group. Signals to this process alone are forwarded. In both
  // cases this process waits for the exit.
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
}

/**
 * Treats the exit of the parent shell as a signal: a signal to npm ends the shell between npm and
 * this process, and the shell forwards none.
 */
function endWithShell() {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const shell = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(look);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  look.unref();
}

try {
  requireNode();
  await prepare();
  endWithShell();
  const args = process.argv.slice(2);
  if (args.includes('--reload')) {
    const { dev } = await import('./dev.mjs');
    await dev({ run, prepare, args: args.filter((arg) => arg !== '--reload') });
  } else handOver(args);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
