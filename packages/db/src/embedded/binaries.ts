import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { type Account, canUse } from './account.js';
import { isCode } from './files.js';
import { aliases, makeAliases, type NativePackage, nativePackage } from './native-package.js';
import { copyBelow } from './program-copy.js';
import { runProgram } from './programs.js';

/** Paths of PostgreSQL's programs. */
export interface Binaries {
  initdb: string;
  postgres: string;
  /** Major version, as in PG_VERSION. */
  major: string;
}

/** Parameters for running PostgreSQL's programs. */
export interface Toolchain {
  binaries: Binaries;
  account: Account | null;
  /** False disables flushing to disk; for tests only. */
  durable: boolean;
}

/**
 * Prepares the package for use in place. False if its folder is read-only or the account cannot
 * reach it.
 */
function usableInPlace({ folder }: NativePackage, account: Account | null): boolean {
  const list = aliases(folder);
  if (list.some(({ file }) => !existsSync(path.join(folder, file)))) {
    try {
      makeAliases(folder, list);
    } catch (error) {
      if (isCode(error, 'EACCES', 'EPERM', 'EROFS')) return false;
      throw error;
    }
  }
  if (account === null) return true;
  const libraries = readdirSync(path.join(folder, 'lib'), { withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return (
    ['initdb', 'postgres'].every((name) =>
      canUse(path.join(folder, 'bin', name), account, { run: true }),
    ) &&
    libraries.every(({ name }) =>
      canUse(path.join(folder, 'lib', name), account, { run: false }),
    ) &&
    canUse(path.join(folder, 'share/postgresql/postgres.bki'), account, { run: false }) &&
    // Access lists and mounts may deny more than the modes show.
    runProgram(path.join(folder, 'bin/postgres'), ['--version'], { account }) === null
  );
}

/**
 * Returns PostgreSQL's programs for this machine. Uses the package in place if possible, else a
 * copy below `base`. Throws with advice if this machine has no package.
 */
export function prepareBinaries(
  base: string,
  account: Account | null,
  native: NativePackage = nativePackage(),
): Binaries {
  const folder = usableInPlace(native, account) ? native.folder : copyBelow(native, base);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    initdb: path.join(folder, 'bin', `initdb${suffix}`),
    postgres: path.join(folder, 'bin', `postgres${suffix}`),
    major: native.version.split('.')[0] ?? '',
  };
}
