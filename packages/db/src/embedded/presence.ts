import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathExists, systemFolder } from './files.js';
import type { ClusterLocation } from './location.js';
import { markerOf, readMarker } from './marker.js';

type ClusterFolders = Pick<ClusterLocation, 'dataDir' | 'home' | 'pgData'>;

/**
 * The data folder had a database that is now missing. Starting with an empty one would hide the
 * loss.
 */
export class MissingDatabaseError extends Error {
  override name = 'MissingDatabaseError';
  constructor(place: ClusterFolders) {
    super(describeDetached(place) ?? describeLoss(place));
  }
}

/** Describes a database that exists although its link or id is missing; `null` otherwise. */
function describeDetached({ dataDir, home, pgData }: ClusterFolders): string | null {
  const cluster = readMarker(dataDir)?.cluster;
  if (cluster === undefined || cluster === pgData || !pathExists(cluster)) return null;
  const base = path.dirname(cluster);
  const lead =
    path.dirname(base) === systemFolder
      ? `the file ${home}/cluster-id, whose only line is ${path.basename(base)}`
      : 'the link in the data folder that leads there';
  return `The database of ${dataDir} is in ${cluster}, but the data folder does not refer to it. Restore ${lead}.`;
}

function describeLoss({ dataDir, home, pgData }: ClusterFolders): string {
  const cluster = readMarker(dataDir)?.cluster ?? pgData;
  const remains = [home, markerOf(dataDir)].filter(pathExists).join(' and ');
  return `The database of ${dataDir} is missing: its folder ${cluster} does not exist, or is empty. If it is on a volume that is not mounted, mount it; else restore the folder from a backup. Nothing was changed. To begin with an empty database instead, move away ${remains}.`;
}

/**
 * True if a database was ever created for this data folder. Earlier versions wrote no marker, but
 * left a remembered port and a log on the first complete start. An interrupted first start leaves
 * neither.
 */
export function hadDatabase({
  dataDir,
  home,
  base,
}: Pick<ClusterLocation, 'dataDir' | 'home' | 'base'>): boolean {
  const remains = [markerOf(dataDir), path.join(home, 'port'), path.join(base, 'postgres.log')];
  return remains.some(pathExists);
}

function contentOf(pgData: string): 'whole' | 'empty' | 'partial' {
  if (pathExists(path.join(pgData, 'PG_VERSION'))) return 'whole';
  return readdirSync(pgData).length === 0 ? 'empty' : 'partial';
}

/**
 * True if the cluster exists, false before the first start. Throws if the database is missing or
 * incomplete, or if a folder cannot be read.
 */
export function clusterExists(location: ClusterLocation): boolean {
  const { pgData } = location;
  if (pathExists(pgData)) {
    if (statSync(pgData, { throwIfNoEntry: false }) === undefined)
      throw new MissingDatabaseError(location);
    const content = contentOf(pgData);
    if (content === 'whole') return true;
    if (content === 'partial')
      throw new Error(
        `${pgData} contains an incomplete database: its file PG_VERSION is missing. Restore the folder from a backup, or move it away if you do not need it. Nothing was changed.`,
      );
  }
  if (hadDatabase(location)) throw new MissingDatabaseError(location);
  return false;
}
