import { accountFor } from './access.js';
import { hasName } from './account.js';
import { prepareBinaries, type Toolchain } from './binaries.js';
import { checkVersion, createCluster, restorePermissions, setPassword } from './cluster.js';
import {
  commitNextPassword,
  generatePassword,
  isPasswordPending,
  makeNextPassword,
  readPassword,
} from './credentials.js';
import type { ClusterLocation } from './location.js';
import { ensureMarker } from './marker.js';
import { ownershipOf } from './ownership.js';
import { clusterExists, MissingDatabaseError } from './presence.js';

export interface PrepareOptions {
  durable: boolean;
  /** True creates the cluster if it does not exist. */
  create: boolean;
  log: (message: string) => void;
  /** Receives permission changes. */
  notify: (message: string) => void;
}

function toolsFor(location: ClusterLocation, { durable, notify }: PrepareOptions): Toolchain {
  const account = accountFor(location, notify);
  return { binaries: prepareBinaries(location.base, account), account, durable };
}

/**
 * True if the cluster needs a new password: its file is lost, a change was interrupted, or the
 * folder may be a copy.
 */
function needsPassword(location: ClusterLocation, { account }: Toolchain): boolean {
  const { home, isExternal } = location;
  if (isPasswordPending(home) || readPassword(home) === null) return true;
  // A copy has the password and the port of its original: a client could reach the wrong cluster.
  return !isExternal && ownershipOf(location) === 'moved' && hasName(account);
}

/**
 * Prepares a stopped cluster for starting, and creates it on first start. Returns the programs to
 * run it; `null` if another process started it meanwhile. Throws, without changing anything, if the
 * database is missing, incomplete, or belongs to another data folder.
 */
export function prepareCluster(
  location: ClusterLocation,
  toolchain: Toolchain | null,
  options: PrepareOptions,
): Toolchain | null {
  if (!clusterExists(location)) {
    if (!options.create) throw new MissingDatabaseError(location);
    const tools = toolchain ?? toolsFor(location, options);
    options.log(`Creating a PostgreSQL ${tools.binaries.major} database in ${location.pgData} …`);
    createCluster(location, tools, readPassword(location.home) ?? generatePassword(location.home));
    return tools;
  }
  ownershipOf(location); // Rejects a copy.
  const tools = toolchain ?? toolsFor(location, options);
  restorePermissions(location, tools.account);
  checkVersion(location, tools);
  ensureMarker(location);
  if (needsPassword(location, tools)) {
    if (!setPassword(location, tools, makeNextPassword(location.home))) return null;
    commitNextPassword(location.home);
  }
  return tools;
}
