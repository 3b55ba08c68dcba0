// Runs the `synap` command from source on a bare clone: installs what is missing, generates the
// Prisma client, hands over. node scripts/start.mjs start node scripts/start.mjs start --reload
// node scripts/start.mjs doctor
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { installMissing, requireNode, root } from './pnpm.mjs';

/** Installs and generates what is missing. Throws the reason if that fails. */
async function prepare() {
  await installMissing();
  const { status } = spawnSync(process.execPath, [path.join(root, 'scripts/generate.mjs')], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('The Prisma client is missing: see the message above.');
}

/**
 * Starts a program from source. The channel shows it when this process is killed: then it ends in
 * order, and the database with it.
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

/** Runs the command and ends as it does. */
function handOver(args) {
  const child = run('apps/server/src/cli.ts', args, process.env);
  // Ctrl-C reaches the whole foreground group by itself; a signal sent to this process alone is
  // passed on. Either way we wait for the end.
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
 * A signal to npm ends the shell between npm and this process, which passes none on: that shell's
 * end counts as one.
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
