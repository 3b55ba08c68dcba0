import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { accountFor, canReach, runsAsRoot } from './account.js';

/** Where an embedded cluster and what belongs to it live. All paths are absolute. */
export interface ClusterLocation {
  /** The data folder the operator named. */
  dataDir: string;
  /** Our own files: credentials, remembered port, id of a cluster kept elsewhere. */
  home: string;
  /** The folder of PostgreSQL's files: `home`, or one below /var/lib/synap. */
  base: string;
  /** PGDATA. */
  pgData: string;
}

const systemFolder = '/var/lib/synap';

/** The folder PostgreSQL's files of this data folder go to by themselves, without making anything. */
export function homeOf(dataDir: string): string {
  return path.join(path.resolve(dataDir), 'postgres');
}

/** Writes `content` to `file` (0600) unless it exists; whoever comes first wins, and everyone reads the winner's content. */
export function writeOnce(file: string, content: string): string {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, content, { mode: 0o600, flush: true });
  giveToOwnerOf(path.dirname(file), draft);
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(file, 'utf8');
}

/** What root writes into a user's folder belongs to the user, who starts Synap next time. */
export function giveToOwnerOf(folder: string, file: string): void {
  if (!runsAsRoot()) return;
  const { uid, gid } = statSync(folder);
  chownSync(file, uid, gid);
}

export function isCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some((code) => code === error.code);
}

/** Whether a cluster of ours may live below `home`: as root, another account has to reach it and be given folders in it. */
function canHost(home: string): boolean {
  const account = accountFor(path.join(home, 'data'));
  if (account === null) return true;
  if (!canReach(path.join(home, 'data'), account)) return false;
  const probe = path.join(home, `probe.${process.pid}`);
  try {
    mkdirSync(probe);
    chownSync(probe, account.uid, account.gid);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

/** Makes the cluster's folder below /var/lib/synap, open for passing through whatever our umask says. */
function makeSystemBase(id: string, home: string): string {
  const base = path.join(systemFolder, id);
  if (existsSync(base)) return base;
  mkdirSync(base, { recursive: true });
  for (const folder of [systemFolder, base]) chmodSync(folder, 0o711);
  writeFileSync(path.join(base, 'origin'), `${home}\n`);
  sweepSystemFolder();
  return base;
}

/**
 * A cluster elsewhere outlives its deleted data folder. One whose data folder was temporary is deleted here; any other stays,
 * for its folder may be on a volume that is not mounted just now.
 */
function sweepSystemFolder(): void {
  for (const id of readdirSync(systemFolder)) {
    const base = path.join(systemFolder, id);
    const origin = readIfThere(path.join(base, 'origin'))?.trim();
    if (!origin?.startsWith(`${realpathSync(tmpdir())}${path.sep}`)) continue;
    if (readIfThere(path.join(origin, 'cluster-id'))?.trim() === id || existsSync(path.join(base, 'data/postmaster.pid')))
      continue;
    rmSync(base, { recursive: true, force: true });
  }
}

/** The text of a file; `null` where there is none. */
export function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

function baseFolder(home: string): string {
  const idFile = path.join(home, 'cluster-id');
  if (!existsSync(idFile) && (existsSync(path.join(home, 'data')) || canHost(home))) return home;
  const id = writeOnce(idFile, randomBytes(12).toString('hex')).trim();
  if (/^[0-9a-f]{24}$/.test(id)) return makeSystemBase(id, home);
  throw new Error(`${idFile} does not hold a cluster id. Restore it, or delete it to begin with an empty database.`);
}

/**
 * Finds (and on first use decides) where the cluster of `dataDir` lives; makes the folders. As root with a data folder that
 * PostgreSQL's account cannot reach, the cluster lives below /var/lib/synap.
 */
export function locateCluster(dataDir: string): ClusterLocation {
  const folder = homeOf(dataDir);
  try {
    mkdirSync(folder, { recursive: true, mode: runsAsRoot() ? 0o711 : 0o700 });
    const home = realpathSync(folder);
    const base = realpathSync(baseFolder(home));
    return { dataDir: path.dirname(home), home, base, pgData: path.join(base, 'data') };
  } catch (error) {
    if (!isCode(error, 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR')) throw error;
    throw new Error(
      `The data folder ${path.dirname(folder)} cannot be written. Give this account the folder, or set SYNAP_DATA_DIR to another one.`,
      { cause: error },
    );
  }
}

/** Deletes the cluster of `dataDir` for good, wherever it lives. The database must be stopped. */
export function removeCluster(dataDir: string): void {
  const home = homeOf(dataDir);
  if (!existsSync(home)) return;
  const { base } = locateCluster(dataDir);
  if (base !== home) rmSync(base, { recursive: true, force: true });
  rmSync(home, { recursive: true, force: true });
}
