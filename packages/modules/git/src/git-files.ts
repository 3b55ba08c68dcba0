import { constants } from 'node:fs';
import { lstat, open, opendir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Found a link, pipe, socket or device among the data of a repository, or an oversized control
 * file.
 */
export class UnsafeEntry extends Error {
  override readonly name = 'UnsafeEntry';
  constructor(readonly path: string) {
    super(`${path} is not a regular file of a git repository`);
  }
}

const maxFileBytes = 100_000;

/**
 * Reads a small file without following a link and without waiting for a pipe. Returns '' if there
 * is none.
 * @throws UnsafeEntry if it is not a regular file or is larger than 100 kB.
 */
export async function readControlFile(path: string): Promise<string> {
  const found = await lstatIfPresent(path);
  if (found === undefined) return '';
  if (!found.isFile() || found.size > maxFileBytes) throw new UnsafeEntry(path);
  // The flags hold even if the file is replaced by a link or a pipe after the check.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) throw new UnsafeEntry(path);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(maxFileBytes), 0, maxFileBytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Returns undefined if the entry is absent. Throws if the folder cannot be searched. */
export async function lstatIfPresent(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

const isAbsent = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ENOENT' || error.code === 'ENOTDIR');

/** Entries of a repository's folder that git reads for a log. */
const entriesRead = [
  'HEAD',
  'commondir',
  'config',
  'config.worktree',
  'info',
  'objects',
  'packed-refs',
  'refs',
  'reftable',
  'shallow',
];

/**
 * Checks that git finds only folders and regular files below a repository's own or common folder.
 * @throws UnsafeEntry
 */
export async function assertPlainRepository(
  gitDirectory: string,
  signal: AbortSignal,
): Promise<void> {
  for (const entry of entriesRead) await assertPlainTree(join(gitDirectory, entry), signal);
}

/** Keeps the thread pool busy, but limits open folders. */
const foldersAtOnce = 8;

/**
 * Checks a file, or a folder and everything below it. An absent one is valid.
 * @throws UnsafeEntry
 */
export async function assertPlainTree(path: string, signal: AbortSignal): Promise<void> {
  const found = await lstatIfPresent(path);
  if (found === undefined || found.isFile()) return;
  if (!found.isDirectory()) throw new UnsafeEntry(path);
  const folders = [path];
  while (folders.length > 0) {
    const below = await Promise.all(
      folders.splice(-foldersAtOnce).map((folder) => subfoldersOf(folder, signal)),
    );
    folders.push(...below.flat());
  }
}

/** Reads in batches, because a folder may hold millions of entries. */
async function subfoldersOf(folder: string, signal: AbortSignal): Promise<string[]> {
  const subfolders: string[] = [];
  for await (const entry of await opendir(folder, { bufferSize: 512 })) {
    signal.throwIfAborted();
    if (entry.isDirectory()) subfolders.push(join(folder, entry.name));
    else if (!entry.isFile()) throw new UnsafeEntry(join(folder, entry.name));
  }
  return subfolders;
}
