import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { removeCluster } from '@synap/db';

const pattern = /^synap-bench-(\d+)-/;

/** Returns the data folder of the server below the folder of a run. */
export const dataFolderOf = (folder: string): string => path.join(folder, 'data');

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Removes the folder of a run, with its database. */
export async function removeRunFolder(folder: string): Promise<void> {
  removeCluster(dataFolderOf(folder));
  await rm(folder, { recursive: true, force: true });
}

/** Creates the folder of this run, and removes those of runs that were killed. */
export async function createRunFolder(parent = os.tmpdir()): Promise<string> {
  for (const name of await readdir(parent)) {
    const pid = Number(pattern.exec(name)?.[1] ?? process.pid);
    if (!isAlive(pid)) await removeRunFolder(path.join(parent, name));
  }
  return mkdtemp(path.join(parent, `synap-bench-${process.pid}-`));
}
