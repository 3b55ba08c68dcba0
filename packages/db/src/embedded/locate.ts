import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { grantAccess } from './access.js';
import { runsAsRoot, unprivileged } from './account.js';
import {
  isCode,
  makeFolder,
  pathExists,
  readIfExists,
  realPathIfExists,
  systemFolder,
  writeOnce,
} from './files.js';
import { type ClusterLocation, homeOf } from './location.js';
import { hadDatabase, MissingDatabaseError } from './presence.js';

const isClusterId = (text: string) => /^[0-9a-f]{24}$/.test(text);

function locationAt(dataDir: string, home: string, folder: string): ClusterLocation {
  const base = realPathIfExists(folder) ?? folder;
  const pgData = realPathIfExists(path.join(base, 'data')) ?? path.join(base, 'data');
  return { dataDir, home, base, pgData, isExternal: !pgData.startsWith(`${dataDir}${path.sep}`) };
}

function readClusterId(home: string): string | null {
  const id = readIfExists(path.join(home, 'cluster-id'))?.trim();
  if (id === undefined) return null;
  if (isClusterId(id)) return id;
  throw new Error(
    `${path.join(home, 'cluster-id')} does not contain a cluster id. Restore it: the id is the name of the folder below ${systemFolder} that holds this database.`,
  );
}

/** Finds the cluster that `dataDir` leads to; `null` if there is none. Creates nothing. */
export function findCluster(dataDir: string): ClusterLocation | null {
  const folder = realPathIfExists(path.resolve(dataDir));
  const home = folder && realPathIfExists(path.join(folder, 'postgres'));
  if (!folder || !home) return null;
  const id = readClusterId(home);
  const base = id === null ? home : path.join(systemFolder, id);
  return pathExists(path.join(base, 'data')) ? locationAt(folder, home, base) : null;
}

/** True if the data folder has a database, or traces of one. Creates nothing. */
export function hasEmbeddedDatabase(dataDir: string): boolean {
  const home = homeOf(dataDir);
  return (
    findCluster(dataDir) !== null ||
    hadDatabase({ dataDir: path.resolve(dataDir), home, base: home })
  );
}

/**
 * Creates a folder below /var/lib/synap for the owner of the data folder. Others may traverse it,
 * independent of the umask.
 */
function makeSystemBase(dataDir: string, id: string): string {
  const base = path.join(systemFolder, id);
  mkdirSync(base, { recursive: true });
  for (const folder of [systemFolder, base]) chmodSync(folder, 0o711);
  const { uid, gid } = statSync(dataDir);
  chownSync(base, uid, gid);
  return base;
}

function baseBelowSystemFolder(dataDir: string, home: string): string {
  const offered = randomBytes(12).toString('hex');
  // Create the folder first: an id without its folder always means that the folder is lost.
  const made = makeSystemBase(dataDir, offered);
  const id = writeOnce(path.join(home, 'cluster-id'), offered).trim();
  if (id === offered) return made;
  rmdirSync(made);
  return path.join(systemFolder, id);
}

/** Explains why a cluster cannot live below `home`; `null` if it can. */
function obstacleTo(
  dataDir: string,
  home: string,
  notify: (message: string) => void,
): string | null {
  if (!runsAsRoot()) return null;
  const probe = path.join(home, `probe.${process.pid}`);
  try {
    mkdirSync(probe);
    chownSync(probe, unprivileged.uid, unprivileged.gid);
  } catch (error) {
    if (!isCode(error, 'EPERM', 'EINVAL', 'EACCES', 'EOPNOTSUPP', 'ENOSYS')) throw error;
    return 'PostgreSQL does not run as root, and files there cannot be given to its account';
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
  const account = grantAccess(locationAt(dataDir, home, home), notify);
  return account
    ? null
    : 'PostgreSQL does not run as root, and its account cannot reach that folder';
}

function baseFolder(dataDir: string, home: string, notify: (message: string) => void): string {
  const id = readClusterId(home);
  if (id === null) {
    if (pathExists(path.join(home, 'data')) || hadDatabase({ dataDir, home, base: home }))
      return home;
    const obstacle = obstacleTo(dataDir, home, notify);
    if (obstacle === null) return home;
    const base = baseBelowSystemFolder(dataDir, home);
    notify(`The database of ${dataDir} is stored in ${base}: ${obstacle}.`);
    return base;
  }
  const base = path.join(systemFolder, id);
  if (realPathIfExists(base) === null)
    throw new MissingDatabaseError({ dataDir, home, pgData: path.join(base, 'data') });
  if (!pathExists(path.join(home, 'data/PG_VERSION'))) return base;
  throw new Error(
    `${home} contains a database in its folder data, but its file cluster-id names another one in ${base}. Move away the one that you do not need: ${home}/data or ${home}/cluster-id.`,
  );
}

/**
 * Finds the location of the cluster of `dataDir`, and chooses it on first use. Creates the folders
 * but not the cluster. The cluster lives below /var/lib/synap if Synap runs as root and
 * PostgreSQL's account cannot reach the data folder.
 *
 * @throws MissingDatabaseError if the database that the data folder names does not exist
 */
export function locateCluster(dataDir: string, notify: (message: string) => void): ClusterLocation {
  try {
    const folder = makeFolder(dataDir);
    const home = path.join(folder, 'postgres');
    const lost =
      realPathIfExists(home) === null &&
      (pathExists(home) || hadDatabase({ dataDir: folder, home, base: home }));
    if (lost)
      throw new MissingDatabaseError({ dataDir: folder, home, pgData: path.join(home, 'data') });
    const real = makeFolder(home);
    return locationAt(folder, real, baseFolder(folder, real, notify));
  } catch (error) {
    if (!isCode(error, 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR')) throw error;
    throw new Error(
      `This account cannot use the data folder ${path.resolve(dataDir)} (${error.message}). Give it the whole folder, or set SYNAP_DATA_DIR to another one.`,
      { cause: error },
    );
  }
}
