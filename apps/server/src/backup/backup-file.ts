import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, link, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { BackupError, readArchive } from '@synap/db';

const isCode = (error: unknown, ...codes: string[]): error is Error =>
  error instanceof Error && 'code' in error && codes.some((code) => code === error.code);

/** Suffix of files that are being written. */
export const draftSuffix = '.partial';

/**
 * Writes an archive (0600) under a temporary name, reads it back, then renames it: a file of the
 * final name is always complete. Never replaces a file.
 */
export async function writeBackupFile<T>(
  file: string,
  write: (output: Writable) => Promise<T>,
): Promise<T> {
  const exists = new BackupError(`${file} exists already: choose another name.`);
  if (await isThere(file)) throw exists;
  // Processes of two containers may have the same id.
  const owner = `${process.pid}-${randomBytes(4).toString('hex')}`;
  const draft = path.join(path.dirname(file), `.${path.basename(file)}.${owner}${draftSuffix}`);
  // Opens the file first: an unread stream that cannot open its file would crash the process.
  const handle = await open(draft, 'wx', 0o600).catch((error: unknown) => {
    throw isCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS')
      ? unwritable(path.dirname(file), error)
      : error;
  });
  const output = handle.createWriteStream({ flush: true });
  try {
    const result = await write(output);
    await readArchive(createReadStream(draft));
    await moveTo(draft, file).catch((error: unknown) => {
      throw isCode(error, 'EEXIST') ? exists : error;
    });
    await syncFolder(path.dirname(file));
    return result;
  } finally {
    output.destroy();
    await rm(draft, { force: true });
  }
}

function unwritable(folder: string, error: Error): BackupError {
  const code = 'code' in error ? String(error.code) : error.message;
  return new BackupError(
    `The folder ${folder} cannot be written to (${code}): create it, give this account access, or choose another one.`,
  );
}

async function isThere(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false;
    throw error;
  }
}

async function moveTo(draft: string, file: string): Promise<void> {
  try {
    // Unlike a rename, a link never replaces a file.
    await link(draft, file);
  } catch (error) {
    // Some network and memory-card file systems do not support links.
    if (!isCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL')) throw error;
    await rename(draft, file);
  }
}

/** Makes the new name durable. Windows cannot open folders and does not need it. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
