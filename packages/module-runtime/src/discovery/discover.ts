import { dirname, resolve } from 'node:path';
import { SDK_VERSION } from '@synap/module-sdk';
import { importConditions } from '../process/program.js';
import { commonJsFaultOf } from './commonjs.js';
import { findInstalled } from './installed.js';
import { entryOf, type Manifest, readManifest } from './manifest.js';
import { emptyFolder, lastPart, readModulesFolder } from './modules-folder.js';

/** A package that declares itself a module. None of its code has run yet. */
export interface FoundPackage {
  readonly kind: 'found';
  /** Derived from the package's name until the module describes itself. */
  readonly id: string;
  readonly packageName: string;
  readonly version: string;
  readonly directory: string;
  /** The file that `import` of the package loads. */
  readonly entry: string;
}

/** A package that cannot run as a module, and the reason. */
export interface RefusedPackage {
  readonly kind: 'refused';
  readonly id: string;
  readonly packageName: string;
  readonly version: string;
  readonly directory: string;
  readonly reason: string;
}

export type DiscoveredModule = FoundPackage | RefusedPackage;

export interface DiscoverOptions {
  /** The server's package.json or its folder; its dependencies are searched. */
  readonly from: string;
  /**
   * `SYNAP_MODULES_DIR`. Each subfolder is a package, and so is each dependency of its
   * package.json.
   */
  readonly modulesDir?: string | undefined;
}

/**
 * Finds the packages with `"synap": { "sdk": "1" }` among the server's dependencies and in the
 * modules folder. Sorts by id. Runs none of their code.
 * @throws Error that says what to do if the server's package.json or the modules folder cannot be
 *   read
 */
export async function discoverModules({
  from,
  modulesDir,
}: DiscoverOptions): Promise<DiscoveredModule[]> {
  const serverDirectory = from.endsWith('package.json') ? dirname(resolve(from)) : resolve(from);
  const installed = await dependenciesOf(serverDirectory);
  const folder =
    modulesDir === undefined ? emptyFolder : await readModulesFolder(resolve(modulesDir));
  const found = await Promise.all([
    ...[...installed, ...folder.installed].map((directory) => examine(directory, 'dependency')),
    ...folder.subfolders.map((directory) => examine(directory, 'folder')),
    ...folder.refused.map(({ name, directory, reason }) =>
      refuse({ ...packageBase(name, directory), reason }),
    ),
  ]);
  const unique = new Map(found.flatMap((each) => (each ? [[each.directory, each]] : [])));
  return [...unique.values()].sort((a, b) =>
    a.id < b.id ? -1 : a.id > b.id ? 1 : a.directory < b.directory ? -1 : 1,
  );
}

async function dependenciesOf(serverDirectory: string): Promise<string[]> {
  const manifest = await readManifest(serverDirectory);
  if (typeof manifest === 'string') throw new Error(`Cannot look for modules: ${manifest}`);
  const { installed } = await findInstalled(serverDirectory, manifest);
  return installed;
}

/** Classifies a package. Undefined for a dependency that is not a module. */
async function examine(
  directory: string,
  as: 'dependency' | 'folder',
): Promise<DiscoveredModule | undefined> {
  const manifest = await readManifest(directory);
  if (typeof manifest === 'string')
    return as === 'dependency'
      ? undefined
      : refuse({ ...packageBase(lastPart(directory), directory), reason: manifest });
  const named = packageBase(manifest.name ?? lastPart(directory), directory, manifest.version);
  const fault = faultOf(manifest);
  if (fault !== undefined) {
    return as === 'dependency' && manifest.synap === undefined
      ? undefined
      : refuse({ ...named, reason: fault });
  }
  const entry = await entryOf(directory, manifest, importConditions);
  if (entry === undefined) {
    return refuse({
      ...named,
      reason: 'Its package.json names no file to import: set "exports" to one that is there',
    });
  }
  const commonJsFault = await commonJsFaultOf(entry);
  if (commonJsFault !== undefined) return refuse({ ...named, reason: commonJsFault });
  return { kind: 'found', ...named, entry };
}

function faultOf({ synap }: Manifest): string | undefined {
  const hint = `its package.json must hold "synap": { "sdk": "${SDK_VERSION}" }`;
  if (synap === undefined) return `It does not declare itself a module: ${hint}`;
  if (synap.sdk === undefined) return `It does not declare its SDK version: ${hint}`;
  return synap.sdk === SDK_VERSION
    ? undefined
    : `It was made for SDK ${synap.sdk}; this server runs modules of SDK ${SDK_VERSION}`;
}

const packageBase = (name: string, directory: string, version = '0.0.0') => ({
  id: idFor(name),
  packageName: name,
  version,
  directory,
});

const refuse = (refused: Omit<RefusedPackage, 'kind'>): RefusedPackage => ({
  kind: 'refused',
  ...refused,
});

/** Derives the usual module id from a package's name: `@synap/module-git` → `git`. */
function idFor(packageName: string): string {
  const plain = lastPart(packageName)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^(synap-)?(module-)?/, '')
    .replace(/^[^a-z]+/, '');
  return plain.slice(0, 60) || 'unnamed';
}
