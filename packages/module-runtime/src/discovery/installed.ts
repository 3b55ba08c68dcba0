import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Manifest } from './manifest.js';

export interface Installed {
  /** Folders of the installed dependencies, as real paths. */
  readonly installed: string[];
  /** Names of the missing dependencies. */
  readonly missing: string[];
}

/** Finds the dependencies of the package in a folder. */
export async function findInstalled(directory: string, manifest: Manifest): Promise<Installed> {
  const names = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
  const found = await Promise.all(
    names.map(async (name) => ({ name, at: await installedAt(directory, name) })),
  );
  return {
    installed: found.flatMap(({ at }) => at ?? []),
    missing: found.flatMap(({ name, at }) => (at === undefined ? [name] : [])),
  };
}

/** Returns the folder that Node.js resolves a package to: in the nearest `node_modules` upwards. */
export async function installedAt(directory: string, name: string): Promise<string | undefined> {
  for (let at = directory; ; at = dirname(at)) {
    try {
      return await realpath(join(at, 'node_modules', name));
    } catch {
      if (dirname(at) === at) return undefined;
    }
  }
}
