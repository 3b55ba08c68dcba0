import { createReadStream } from 'node:fs';
import { lstat, mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { type Manifest, readArchive, readManifestOf } from '@synap/db';
import { draftSuffix, writeBackupFile } from './backup-file.js';

/** A backup in the folder of scheduled backups. */
interface FolderBackup {
  file: string;
  manifest: Manifest;
}

const namePattern = /^synap-backup-\d{8}T\d{6}Z\.tar\.gz$/;
const draftPattern = /^\.synap-backup-\d{8}T\d{6}Z\.tar\.gz\.[\da-f-]+\.partial$/;
const dayMilliseconds = 86_400_000;

const nameAt = (now: Date) => `synap-backup-${now.toISOString().replace(/[-:]|\.\d+/g, '')}.tar.gz`;

/**
 * Lists the backups of scheduled runs, newest first. Skips files with other names or without a
 * readable manifest.
 */
async function listBackups(folder: string): Promise<FolderBackup[]> {
  const backups: FolderBackup[] = [];
  for (const name of await readdir(folder)) {
    if (!namePattern.test(name)) continue;
    const file = path.join(folder, name);
    // Opening a pipe would wait for a writer.
    if (!(await stat(file).catch(() => null))?.isFile()) continue;
    const manifest = await readManifestOf(createReadStream(file)).catch(() => null);
    if (manifest) backups.push({ file, manifest });
  }
  return backups.sort(
    (a, b) => Date.parse(b.manifest.createdAt) - Date.parse(a.manifest.createdAt),
  );
}

/** Returns the newest backup that can be restored, and newer files that cannot. */
export async function newestGood(
  folder: string,
): Promise<{ backup: FolderBackup | null; damaged: string[] }> {
  const damaged: string[] = [];
  for (const backup of await listBackups(folder)) {
    try {
      await readArchive(createReadStream(backup.file));
      return { backup, damaged };
    } catch {
      damaged.push(backup.file);
    }
  }
  return { backup: null, damaged };
}

interface BackUpToFolderOptions {
  folder: string;
  /** Number of backups of this installation to retain, including the new one. */
  keep: number;
  now: Date;
  write: (output: Writable) => Promise<Manifest>;
}

/**
 * Adds a backup to the folder, then removes the oldest ones of the same installation. Returns the
 * path of the new file.
 */
export async function backUpToFolder({
  folder,
  keep,
  now,
  write,
}: BackUpToFolderOptions): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await removeDrafts(folder, now);
  const file = path.join(folder, nameAt(now));
  const { installation } = await writeBackupFile(file, write);
  const own = (await listBackups(folder)).filter(
    ({ manifest }) => manifest.installation === installation,
  );
  // The new backup was just read back, so at least one good backup remains.
  for (const old of own.filter((each) => each.file !== file).slice(keep - 1))
    await rm(old.file, { force: true });
  return file;
}

/** Removes files of killed runs; a run of today may still be writing. */
async function removeDrafts(folder: string, now: Date): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(draftSuffix) || !draftPattern.test(name)) continue;
    const file = path.join(folder, name);
    // Another run may have removed it meanwhile.
    const found = await lstat(file).catch(() => null);
    if (found?.isFile() && now.getTime() - found.mtimeMs > dayMilliseconds)
      await rm(file, { force: true });
  }
}
