import { statSync } from 'node:fs';
import path from 'node:path';

/** The operating-system account a PostgreSQL process runs under; `null` means "the one we have". */
export interface Account {
  uid: number;
  gid: number;
}

/** `nobody`: PostgreSQL refuses to run as root, and this account owns nothing else. */
export const unprivileged: Account = { uid: 65534, gid: 65534 };

export function runsAsRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The account for the cluster in `pgData`: as root its present owner (PostgreSQL demands that), or nobody for a new one. */
export function accountFor(pgData: string): Account | null {
  if (!runsAsRoot()) return null;
  const stats = statSync(pgData, { throwIfNoEntry: false });
  return stats && stats.uid !== 0 ? { uid: stats.uid, gid: stats.gid } : unprivileged;
}

function permits(target: string, { uid, gid }: Account, bits: number): boolean {
  const stats = statSync(target, { throwIfNoEntry: false });
  if (!stats) return false;
  const shift = stats.uid === uid ? 6 : stats.gid === gid ? 3 : 0;
  return ((stats.mode >> shift) & bits) === bits;
}

/** Whether `account` can pass through every folder that leads to `target`. Folders that do not exist yet are skipped. */
export function canReach(target: string, account: Account): boolean {
  for (let folder = path.dirname(path.resolve(target)); ; folder = path.dirname(folder)) {
    const missing = statSync(folder, { throwIfNoEntry: false }) === undefined;
    if (!missing && !permits(folder, account, 0o1)) return false;
    if (folder === path.dirname(folder)) return true;
  }
}

/** Whether `account` can read the file `target` (and run it, for a program), with every folder on the way. */
export function canUse(target: string, account: Account, { run }: { run: boolean }): boolean {
  return canReach(target, account) && permits(target, account, run ? 0o5 : 0o4);
}
