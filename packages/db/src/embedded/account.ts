import { spawnSync } from 'node:child_process';
import { type Stats, statSync } from 'node:fs';
import path from 'node:path';

/** Operating-system account of a PostgreSQL process; `null` means the account of this process. */
export interface Account {
  uid: number;
  gid: number;
}

/** The account `nobody`. PostgreSQL refuses to run as root, and this account owns nothing else. */
export const unprivileged: Account = { uid: 65534, gid: 65534 };

export function runsAsRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * True if a file's mode grants `account` the permissions `bits` (4 read, 2 write, 1 execute or
 * traverse).
 */
export function allows(stats: Stats, { uid, gid }: Account, bits: number): boolean {
  const shift = stats.uid === uid ? 6 : stats.gid === gid ? 3 : 0;
  return ((stats.mode >> shift) & bits) === bits;
}

/** Lists the folders from the root down to `folder` itself. */
export function foldersTo(folder: string): string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [...foldersTo(parent), folder];
}

/**
 * True if `account` can traverse every folder above `target`. Skips folders that do not exist yet.
 */
export function canReach(target: string, account: Account): boolean {
  return foldersTo(path.dirname(path.resolve(target))).every((folder) => {
    const stats = statSync(folder, { throwIfNoEntry: false });
    return stats === undefined || allows(stats, account, 0o1);
  });
}

/** True if `account` can read (and with `run` execute) the file `target` and reach it. */
export function canUse(target: string, account: Account, { run }: { run: boolean }): boolean {
  const stats = statSync(target, { throwIfNoEntry: false });
  return (
    stats !== undefined && canReach(target, account) && allows(stats, account, run ? 0o5 : 0o4)
  );
}

function succeeds(account: Account | null, script: string, argument: string): boolean {
  // Do not pass the environment on: this account must not see Synap's secrets.
  const env = { PATH: process.env.PATH };
  const { status, error } = spawnSync('/bin/sh', ['-c', script, argument], {
    ...account,
    env,
    cwd: '/',
    stdio: 'ignore',
  });
  // If there is no shell, as in a minimal container, rely on the modes of the folders.
  return error && 'code' in error && error.code === 'ENOENT' ? true : status === 0;
}

/**
 * Tries to enter `folder` as `account`. Access lists and mounts may deny more than the modes show.
 */
export function canEnter(folder: string, account: Account): boolean {
  return succeeds(account, 'cd "$0"', folder);
}

/**
 * True if the account has a name in the system. PostgreSQL's initdb and single-user mode require
 * one.
 */
export function hasName(account: Account | null): boolean {
  return succeeds(account, 'id -un', '');
}
