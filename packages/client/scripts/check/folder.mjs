import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const client = path.join(import.meta.dirname, '../..');
/** What a program for Node with React installs beside the package. */
const beside = ['@tanstack/react-query', '@trpc/client', '@trpc/server', '@types/node', '@types/react', 'react', 'superjson'];
/** tRPC's peer, which npm would else take at whatever is newest. */
const typescript = `typescript@${createRequire(path.join(client, '../../package.json'))('typescript/package.json').version}`;

/** At the versions that the workspace is tested with. */
const pinned = (name) =>
  `${name}@${JSON.parse(readFileSync(path.join(client, 'node_modules', name, 'package.json'), 'utf8')).version}`;

/** Makes a project of its own of an empty folder: the packed package, its peers, and programs that use it. Returns where the package is. */
export function installPackage(folder, tarball) {
  cpSync(path.join(client, 'consumer'), folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const args = [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    tarball,
    ...beside.map(pinned),
    typescript,
  ];
  const { status, error } = spawnSync('npm', args, { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' });
  if (error) throw error;
  if (status !== 0) throw new Error(`npm could not install the package: it ended with ${status}.`);
  return path.join(folder, 'node_modules/@synap/client');
}

/** The manifest of an installed package, and the paths of its files, with slashes. */
export function readPackage(installed) {
  const files = readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.relative(installed, path.join(parentPath, name)).replaceAll('\\', '/'));
  return { manifest: JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8')), files };
}
