import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { isCode } from './files.js';
import { aliases, makeAliases, type NativePackage } from './native-package.js';

const programs = new Set(['postgres', 'initdb', 'pg_ctl']);

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
export function copyBelow({ folder, version }: NativePackage, base: string): string {
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
