import type { Dirent } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { findInstalled } from './installed.js';
import { type Manifest, readManifest } from './manifest.js';

/** An entry of the modules folder that cannot be a module. */
interface Unusable {
  readonly name: string;
  readonly directory: string;
  readonly reason: string;
}

/** The candidates in the modules folder, as real paths. */
export interface ModulesFolder {
  readonly subfolders: readonly string[];
  /** Packages that `npm install` put into its `node_modules`. */
  readonly installed: readonly string[];
  readonly refused: readonly Unusable[];
}

export const emptyFolder: ModulesFolder = { subfolders: [], installed: [], refused: [] };

/**
 * Reads the modules folder.
 * @throws Error that says what to do if the folder cannot be read
 */
export async function readModulesFolder(modulesDir: string): Promise<ModulesFolder> {
  try {
    const entries = (await readdir(modulesDir, { withFileTypes: true })).filter(
      ({ name }) => !name.startsWith('.'),
    );
    const folders = entries.filter((entry) => !entry.isFile() && entry.name !== 'node_modules');
    const hasManifest = entries.some(({ name }) => name === 'package.json');
    const manifest = hasManifest ? await readManifest(modulesDir) : {};
    const subfolders = await Promise.all(
      folders.map(({ name }) => realpath(join(modulesDir, name))),
    );
    if (typeof manifest === 'string')
      return { ...emptyFolder, subfolders, refused: [unusable(modulesDir, manifest)] };
    if (manifest.synap !== undefined)
      return { ...emptyFolder, refused: [unusable(modulesDir, isModuleItself)] };
    const { installed, missing } = await findInstalled(modulesDir, manifest);
    const absent = missing.map((name) => ({
      name,
      directory: join(modulesDir, 'node_modules', name),
      reason: notInstalled,
    }));
    return {
      subfolders,
      installed,
      refused: [...absent, ...archivesOf(modulesDir, entries, manifest)],
    };
  } catch (cause) {
    throw new Error(
      `SYNAP_MODULES_DIR: the folder ${modulesDir} cannot be read: create it, or unset the variable`,
      { cause },
    );
  }
}

const isModuleItself =
  'SYNAP_MODULES_DIR names the module itself: set it to the folder that holds the module';
const notInstalled =
  'It is a dependency of the modules folder and is not installed: run "npm install" in that folder';

const unusable = (directory: string, reason: string): Unusable => ({
  name: lastPart(directory),
  directory,
  reason,
});

/** Finds packed packages that are not installed. The server does not unpack them. */
function archivesOf(
  modulesDir: string,
  entries: readonly Dirent[],
  manifest: Manifest,
): Unusable[] {
  const sources = Object.values({ ...manifest.dependencies, ...manifest.optionalDependencies }).map(
    String,
  );
  return entries
    .filter(
      ({ name }) =>
        /\.(tgz|tar\.gz|zip)$/.test(name) && !sources.some((source) => source.endsWith(name)),
    )
    .map(({ name }) => ({
      // npm names an archive by package and version: `synap-module-dice-1.0.0.tgz`.
      name: name.split(/-\d|\.(?:tgz|tar\.gz|zip)$/)[0] ?? name,
      directory: join(modulesDir, name),
      reason: `It is a packed archive: run "npm install ./${name}" in the modules folder, or unpack it there`,
    }));
}

export const lastPart = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;
