// Runs the pinned pnpm on a machine that has only Node and npm: `node scripts/pnpm.mjs <pnpm arguments>`. Needs no dependency.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const stamp = path.join(root, 'node_modules', '.synap-installed');

const { packageManager } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const shell = process.platform === 'win32';
/** An unreachable registry is told after seconds; npm's own waits make a silent minute. */
const impatient = { npm_config_fetch_retries: '1', npm_config_fetch_retry_mintimeout: '1000', npm_config_fetch_timeout: '20000' };

let found;

/** Throws if this Node is too old. An old one must get here, so this file and those that import it do without newer syntax. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(
    `Synap needs Node 20.19 or newer; this is ${process.versions.node}. Install a current Node from https://nodejs.org and run the command again.`,
  );
}

/** How pnpm is started: from the PATH if its version is the pinned one, from npm's cache, or else from the registry. */
function findPnpm() {
  const version = packageManager.slice(packageManager.indexOf('@') + 1);
  const answers = ([command, args]) => {
    const { status, stdout } = spawnSync(command, [...args, '--version'], { cwd: root, encoding: 'utf8', shell });
    return status === 0 && stdout.trim() === version;
  };
  const cached = ['npx', ['--offline', '--yes', packageManager]];
  const way = [['pnpm', []], cached].find(answers);
  if (way) return way;
  console.log(`Fetching ${packageManager} …`);
  const fetching = { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...impatient }, shell };
  if (spawnSync('npx', ['--yes', packageManager, '--version'], fetching).status === 0) return cached;
  throw new Error(
    `${packageManager} could not be fetched: check that the npm registry is reachable, then run the command again.`,
  );
}

/** Runs pnpm at the version that package.json pins and returns its exit code. */
export function pnpm(args) {
  if (found === undefined) found = findPnpm();
  const [command, first] = found;
  const { status, signal, error } = spawnSync(command, [...first, ...args], {
    cwd: root,
    stdio: 'inherit',
    shell,
  });
  if (error) throw error;
  return signal ? 1 : (status ?? 1);
}

/** Installs the locked dependencies unless that was done for exactly this lock file. Throws when the installation fails. */
export function installMissing() {
  const wanted = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'])
    wanted.update(readFileSync(path.join(root, file)));
  const digest = wanted.digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  console.log('Installing dependencies …');
  if (pnpm(['install', '--frozen-lockfile']) !== 0) {
    throw new Error(
      'The dependencies could not be installed. Check that the npm registry is reachable and the disk has room, then run the command again.',
    );
  }
  writeFileSync(stamp, digest);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    requireNode();
    installMissing();
    process.exitCode = pnpm(process.argv.slice(2));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
