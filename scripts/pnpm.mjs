// Runs the pinned pnpm on a machine that has only Node and npm: `node scripts/pnpm.mjs <pnpm
// arguments>`. Needs no dependency.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const stamp = path.join(root, 'node_modules', '.synap-installed');

const { packageManager } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const shell = process.platform === 'win32';
/** Milliseconds between two progress lines of the installation. */
const progressMs = 5000;
/**
 * Fails within seconds if the registry is unreachable; npm's defaults wait a silent minute. Hides
 * warnings and notices.
 */
const fetchSettings = {
  npm_config_fetch_retries: '1',
  npm_config_fetch_retry_mintimeout: '1000',
  npm_config_fetch_timeout: '20000',
  npm_config_loglevel: 'error',
};

let found;

/**
 * Throws if this Node is too old. This file and its importers avoid newer syntax, so that an old
 * Node gets this far.
 */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(
    `Synap needs Node 20.19 or newer; this is ${process.versions.node}. Install a current Node from https://nodejs.org and run the command again.`,
  );
}

/**
 * Returns the command for pnpm: from the PATH if its version is the pinned one, from npm's cache, or
 * from the registry.
 */
function findPnpm() {
  const version = packageManager.slice(packageManager.indexOf('@') + 1);
  const answers = ([command, args]) => {
    const { status, stdout } = spawnSync(command, [...args, '--version'], {
      cwd: root,
      encoding: 'utf8',
      shell,
    });
    return status === 0 && stdout.trim() === version;
  };
  if (answers(['pnpm', []])) return ['pnpm', []];
  // Programs that pnpm starts inherit the options of npx; `--offline` would block their npm.
  const cached = ['npx', ['--prefer-offline', '--yes', packageManager]];
  if (answers(['npx', ['--offline', '--yes', packageManager]])) return cached;
  console.error(`Fetching ${packageManager} …`);
  const fetching = {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...fetchSettings },
    shell,
  };
  if (spawnSync('npx', ['--yes', packageManager, '--version'], fetching).status === 0)
    return cached;
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

/**
 * Runs pnpm and shows progress on stderr, because stdout may be the output of a command. Shows
 * pnpm's output only if it fails.
 */
function install() {
  if (found === undefined) found = findPnpm();
  const [command, first] = found;
  const args = [...first, 'install', '--frozen-lockfile', '--reporter=append-only'];
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let shown = Date.now();
    const read = (chunk) => {
      output += chunk;
      const added = /added (\d+)\D*$/.exec(output);
      if (added === null || Date.now() - shown < progressMs) return;
      shown = Date.now();
      console.error(`  ${added[1]} packages so far …`);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', read);
    child.once('error', reject);
    child.once('close', (code) => {
      if (code !== 0) console.error(output.split('\n').filter(isWorthShowing).join('\n').trim());
      resolve(code === 0);
    });
  });
}

/** False for lines that successful installations print, too. */
const isWorthShowing = (line) => !/Unsupported engine|^Progress: |^\++$/.test(line);

/**
 * Installs the locked dependencies unless this lock file is already installed. Throws if the
 * installation fails.
 */
export async function installMissing() {
  const wanted = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'])
    wanted.update(readFileSync(path.join(root, file)));
  const digest = wanted.digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  console.error('Installing dependencies …');
  if (!(await install())) {
    throw new Error(
      'The dependencies could not be installed. Check that the npm registry is reachable and the disk has room, then run the command again.',
    );
  }
  writeFileSync(stamp, digest);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    requireNode();
    // These commands install by themselves, and may change the lock file.
    if (!['install', 'add', 'remove', 'update'].includes(process.argv[2])) await installMissing();
    process.exitCode = pnpm(process.argv.slice(2));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
