import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { runsAsRoot, unprivileged } from './account.js';

/** Holds the clusters that cannot live in their data folder. */
export const systemFolder = '/var/lib/synap';

export function isCode(error: unknown, ...codes: string[]): error is Error {
  return error instanceof Error && 'code' in error && codes.some((code) => code === error.code);
}

/** True if the path exists, even as a dangling link. Throws if that cannot be determined. */
export function pathExists(target: string): boolean {
  return lstatSync(target, { throwIfNoEntry: false }) !== undefined;
}

/**
 * Resolves all links of a path; `null` if it does not exist. Throws if that cannot be determined.
 */
export function realPathIfExists(target: string): string | null {
  try {
    return realpathSync(target);
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

/** Reads a text file; `null` if it does not exist. */
export function readIfExists(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

/** Gives a file that root wrote to the owner of `folder`, who may start Synap next time. */
export function changeOwnerToOwnerOf(folder: string, file: string): void {
  if (!runsAsRoot()) return;
  const { uid, gid } = statSync(folder);
  lchownSync(file, uid, gid);
}

function writeDraft(file: string, content: string): string {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, content, { mode: 0o600, flush: true, flag: 'wx' });
  changeOwnerToOwnerOf(path.dirname(file), draft);
  return draft;
}

/**
 * Writes `content` to `file` (mode 0600) unless it exists. Returns the content of the first writer.
 */
export function writeOnce(file: string, content: string): string {
  const draft = writeDraft(file, content);
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(file, 'utf8');
}

/** Replaces `file` (mode 0600) atomically: readers see the old or the new content. */
export function replaceFile(file: string, content: string): void {
  const draft = writeDraft(file, content);
  try {
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/**
 * Gives a new folder to the owner of its parent. A folder of root is opened for PostgreSQL's group,
 * because PostgreSQL does not run as root.
 */
function applyParentOwner(parent: string, folder: string): void {
  if (!runsAsRoot()) return;
  const { uid, gid } = statSync(parent);
  try {
    lchownSync(folder, uid, uid === 0 ? unprivileged.gid : gid);
    if (uid === 0) chmodSync(folder, 0o710);
  } catch (error) {
    // Not possible with mapped user ids or on a file system without owners.
    if (!isCode(error, 'EPERM', 'EINVAL')) throw error;
  }
}

function makeFolders(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })) return;
  const parent = path.dirname(folder);
  makeFolders(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
    applyParentOwner(parent, folder);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    if (!statSync(folder, { throwIfNoEntry: false }))
      throw new Error(
        `${folder} is a dangling link. If its volume is not mounted, mount it and start again.`,
      );
  }
}

/**
 * Creates a private folder and its missing parents. Returns its path without links. A folder that
 * root creates in a user's folder belongs to that user.
 */
export function makeFolder(folder: string): string {
  makeFolders(path.resolve(folder));
  return realpathSync(folder);
}
