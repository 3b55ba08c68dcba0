import { chmodSync, chownSync, type Stats, statSync } from 'node:fs';
import {
  type Account,
  allows,
  canEnter,
  foldersTo,
  hasName,
  runsAsRoot,
  unprivileged,
} from './account.js';
import type { ClusterLocation } from './location.js';

/** A permission change that lets PostgreSQL's account traverse a folder. */
interface Change {
  folder: string;
  before: Stats;
  gid: number;
}

/**
 * Folders of the installation. Only `dataDir` and `base`, if owned by root, may change their group.
 * Folders above them only get execute permission for their group.
 */
type ClusterFolders = Pick<ClusterLocation, 'dataDir' | 'base' | 'pgData'>;

const groupPass = 0o010;

/** Lists the changes that let `account` reach the cluster; `null` if Synap must not make them. */
function planFor(account: Account, { dataDir, base }: ClusterFolders): Change[] | null {
  const owners = new Set([0, statSync(dataDir).uid]);
  const changes: Change[] = [];
  for (const folder of foldersTo(base)) {
    const before = statSync(folder);
    if (allows(before, account, 0o1)) continue;
    const isOwn = folder === dataDir || folder === base;
    const mayRegroup = isOwn && before.uid === 0 && [0, unprivileged.gid].includes(before.gid);
    if (!owners.has(before.uid) || (before.gid !== account.gid && !mayRegroup)) return null;
    changes.push({ folder, before, gid: account.gid });
  }
  return changes;
}

function apply(changes: Change[]): void {
  for (const { folder, before, gid } of changes) {
    if (before.gid !== gid) chownSync(folder, before.uid, gid);
    const remaining = before.gid === gid ? before.mode : before.mode & ~0o070;
    chmodSync(folder, (remaining | groupPass) & 0o7777);
  }
}

function undo(changes: Change[]): void {
  for (const { folder, before } of changes.toReversed()) {
    chownSync(folder, before.uid, before.gid);
    chmodSync(folder, before.mode & 0o7777);
  }
}

function describe({ uid, gid }: Account, changes: Change[]): string {
  const folders = changes.map(({ folder }) => folder).join(' ');
  return `PostgreSQL does not run as root: its account (uid ${uid}, group ${gid}) may now traverse ${folders} (chmod g+x). To undo this while Synap is stopped: chmod g-x ${folders}. The next start adds it again.`;
}

/**
 * Selects the user for PostgreSQL: the owner of the cluster, or of the data folder for a new
 * cluster. Never root.
 */
function preferredAccount({ dataDir, pgData }: ClusterFolders): Account {
  const cluster = statSync(pgData, { throwIfNoEntry: false });
  if (cluster && cluster.uid !== 0) return { uid: cluster.uid, gid: cluster.gid };
  const { uid, gid } = statSync(dataDir);
  return uid !== 0 && hasName({ uid, gid }) ? { uid, gid } : unprivileged;
}

/** Candidate groups: the account's group, then the groups of folders that deny it access. */
function candidateGroups({ uid, gid }: Account, { base }: ClusterFolders): number[] {
  const closed = foldersTo(base).map((folder) => statSync(folder));
  return [
    ...new Set([
      gid,
      ...closed.filter((stats) => !allows(stats, { uid, gid }, 0o1)).map((stats) => stats.gid),
    ]),
  ];
}

/**
 * Finds the account that PostgreSQL runs under if Synap runs as root, and lets it reach the
 * cluster. Opens folders for their group if that suffices, and reports them to `notify`. Returns
 * `null` if no account can reach the cluster.
 */
export function grantAccess(
  place: ClusterFolders,
  notify: (message: string) => void,
): Account | null {
  const { uid, gid: usual } = preferredAccount(place);
  for (const gid of candidateGroups({ uid, gid: usual }, place)) {
    const account = { uid, gid };
    const changes = planFor(account, place);
    if (changes === null) continue;
    apply(changes);
    if (canEnter(place.base, account)) {
      if (changes.length > 0) notify(describe(account, changes));
      return account;
    }
    undo(changes);
  }
  return null;
}

/**
 * Returns the account for the cluster in `place`; `null` for the account of this process. Throws if
 * no account can reach it.
 */
export function accountFor(
  place: ClusterFolders,
  notify: (message: string) => void,
): Account | null {
  if (!runsAsRoot()) return null;
  const account = grantAccess(place, notify);
  if (account) return account;
  const { uid } = preferredAccount(place);
  throw new Error(
    `PostgreSQL does not run as root, and its account (uid ${uid}) cannot reach ${place.base}. Allow others to traverse the folders above it (chmod o+x), or move the data folder ${place.dataDir} to a place that others can reach.`,
  );
}
