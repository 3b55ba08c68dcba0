import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const client = path.join(import.meta.dirname, '../..');
/** Packages that a program for Node.js with React installs besides the client. */
const beside = [
  '@tanstack/react-query',
  '@trpc/client',
  '@trpc/server',
  '@types/node',
  '@types/react',
  'react',
  'superjson',
];
/** tRPC's peer. Without it npm would install the newest version. */
const typescript = `typescript@${createRequire(path.join(client, '../../package.json'))('typescript/package.json').version}`;

const manifestOf = (name) =>
  JSON.parse(readFileSync(path.join(client, 'node_modules', name, 'package.json'), 'utf8'));
/** Returns the oldest version of a peer's range: `^11.4.0`, `^18 || ^19`. */
const lowestOf = (range) => range.split('||')[0].trim().replace(/^\^/, '');

/** Returns the packages besides the client, at the versions that the workspace is tested with. */
export const pinnedPeers = () => [
  ...beside.map((name) => `${name}@${manifestOf(name).version}`),
  typescript,
];

/**
 * Returns the same packages at the oldest versions that the client supports. Declarations of React
 * follow its major version.
 */
export function lowestPeers() {
  const { peerDependencies } = JSON.parse(readFileSync(path.join(client, 'package.json'), 'utf8'));
  const major = lowestOf(peerDependencies.react).split('.')[0];
  const versions = {
    ...peerDependencies,
    '@types/react': major,
    '@types/node': manifestOf('@types/node').version,
  };
  return [...beside.map((name) => `${name}@${lowestOf(versions[name])}`), typescript];
}

function npmInstall(folder, args) {
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error } = spawnSync('npm', ['install', ...options, ...args], {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error) throw error;
  return status;
}

/**
 * Creates a project in a new folder: the package (a file or an address), its peers, and programs
 * that use it. Returns the folder of the package.
 */
export function installPackage(folder, source, peers) {
  cpSync(path.join(client, 'consumer'), folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const status = npmInstall(folder, [source, ...peers]);
  if (status !== 0) throw new Error(`npm could not install the package: it ended with ${status}.`);
  return path.join(folder, 'node_modules/@synap/client');
}

/** tRPC's own bindings require exactly their own version of tRPC. */
const besideTrpc = [
  '@trpc/tanstack-react-query@11.22.1',
  '@trpc/client@11.22.1',
  '@trpc/server@11.22.1',
  '@tanstack/react-query@5.80.3',
];

/**
 * Checks that the peers agree with those of tRPC's own bindings. Only resolves versions; downloads
 * nothing but metadata.
 */
export function judgePeersBesideTrpc(folder, tarball) {
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  const status = npmInstall(folder, [
    '--package-lock-only',
    tarball,
    ...besideTrpc,
    'react@18.2.0',
    'superjson@2.0.0',
    typescript,
  ]);
  return status === 0 ? [] : [`The peers conflict with ${besideTrpc.join(', ')}.`];
}

/** Reads the manifest of an installed package, and the paths of its files, with slashes. */
export function readPackage(installed) {
  const files = readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) =>
      path.relative(installed, path.join(parentPath, name)).replaceAll('\\', '/'),
    );
  return {
    manifest: JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8')),
    files,
  };
}
