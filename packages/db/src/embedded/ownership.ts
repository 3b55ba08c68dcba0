import { randomBytes } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { pathExists, readIfExists, replaceFile } from './files.js';
import { findCluster } from './locate.js';
import type { ClusterLocation } from './location.js';
import { readMarker, readRecord, writeMarker } from './marker.js';

/** The cluster belongs to another data folder. */
class ForeignClusterError extends Error {
  override name = 'ForeignClusterError';
}

/**
 * The owner record inside the cluster: its data folder and a token. The token of a cluster outside
 * its data folder changes with every start. Older copies of the data folder therefore have an
 * outdated token.
 */
const ownerSchema = z.object({ dataDir: z.string(), token: z.string().optional() });

export type Owner = z.infer<typeof ownerSchema>;

type Base = Pick<ClusterLocation, 'base' | 'pgData'>;

const recordOf = (pgData: string) => path.join(pgData, 'synap-owner.json');

/**
 * Reads the recorded owner; `null` if there is none. Earlier versions stored it in a file `origin`
 * beside the cluster.
 */
export function readOwner({ base, pgData }: Base): Owner | null {
  const owner = readRecord(recordOf(pgData), ownerSchema);
  if (owner) return owner;
  const origin = readIfExists(path.join(base, 'origin'))?.trim();
  return origin ? { dataDir: path.dirname(origin) } : null;
}

/** Writes the owner record into a cluster, which may still be a draft. Returns its token. */
export function writeOwner(pgData: string, { dataDir }: ClusterLocation): string {
  const token = randomBytes(16).toString('hex');
  replaceFile(recordOf(pgData), `${JSON.stringify({ dataDir, token } satisfies Owner)}\n`);
  return token;
}

/** True if both paths lead to one folder, for example by a bind mount. */
function isSameFolder(one: string, other: string): boolean {
  if (one === other) return true;
  const [a, b] = [one, other].map((folder) =>
    statSync(folder, { throwIfNoEntry: false, bigint: true }),
  );
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

/**
 * True if `dataDir` leads to the cluster. Also true for an unreadable folder, which may be the
 * owner.
 */
function leadsTo(dataDir: string, pgData: string): boolean {
  try {
    return findCluster(dataDir)?.pgData === pgData;
  } catch {
    return true;
  }
}

function adviceToSeparate({ dataDir, home, base, pgData }: ClusterLocation): string {
  if (base !== home) return `copy ${pgData} to ${home}/data and delete ${home}/cluster-id`;
  const link =
    home === path.join(dataDir, 'postgres')
      ? path.join(home, 'data')
      : path.join(dataDir, 'postgres');
  return `replace the link ${link} by a copy of the folder that it leads to`;
}

function foreignClusterError(
  location: ClusterLocation,
  owner: string,
  reason: string,
): ForeignClusterError {
  const { dataDir, base, pgData } = location;
  const record = pathExists(recordOf(pgData)) ? recordOf(pgData) : path.join(base, 'origin');
  return new ForeignClusterError(
    `The database in ${pgData} belongs to the data folder ${owner}, ${reason}. ${dataDir} is a copy of that folder. It was not started, because two installations must not share a database.\n` +
      `- To make it independent: stop Synap in ${owner}, ${adviceToSeparate(location)}.\n` +
      `- To give it the database instead: stop Synap in ${owner}, delete ${record} and start here. ${owner} can then no longer start it.`,
  );
}

/** Relation of a data folder to the cluster that it leads to. */
export type Ownership = 'owner' | 'unrecorded' | 'moved';

/**
 * Compares the data folder with the owner record. Changes nothing.
 *
 * @throws ForeignClusterError for a copy whose original uses the cluster
 */
export function ownershipOf(location: ClusterLocation): Ownership {
  const { dataDir, pgData, isExternal } = location;
  const owner = readOwner(location);
  if (owner === null) return 'unrecorded';
  if (isSameFolder(owner.dataDir, dataDir)) return 'owner';
  // A cluster inside the data folder was moved or copied with it, so it belongs to this folder.
  if (!isExternal) return 'moved';
  if (leadsTo(owner.dataDir, pgData))
    throw foreignClusterError(location, owner.dataDir, 'which leads to it');
  if (owner.token !== undefined && owner.token !== readMarker(dataDir)?.token)
    throw foreignClusterError(
      location,
      owner.dataDir,
      'which was started again since this folder was copied',
    );
  return 'moved';
}

/**
 * Records the data folder as the owner. Must not run concurrently for two folders. Renews the token
 * of a cluster outside its data folder, which invalidates copies of the folder.
 */
export function recordOwner(location: ClusterLocation): void {
  const { base, pgData, isExternal } = location;
  if (isExternal || ownershipOf(location) !== 'owner')
    writeMarker(location, writeOwner(pgData, location));
  rmSync(path.join(base, 'origin'), { force: true });
}
