import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const left = new Set(['.git', '.data', '.turbo', 'coverage', 'dist', 'dist-test']);

/** Copies this checkout for changes to its sources. The copy shares the installed packages. */
export async function copyCheckout(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'synap-checkout-'));
  const modules = path.join(root, 'node_modules');
  await cp(root, folder, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => source !== modules && !left.has(path.basename(source)),
  });
  await mkdir(path.join(folder, 'node_modules'));
  for (const name of await readdir(modules))
    if (!name.startsWith('.synap'))
      await symlink(path.join(modules, name), path.join(folder, 'node_modules', name));
  // Marks the lock file as installed, so that no installation starts.
  const digest = createHash('sha256');
  for (const name of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'])
    digest.update(await readFile(path.join(root, name)));
  await writeFile(path.join(folder, 'node_modules/.synap-installed'), digest.digest('hex'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
