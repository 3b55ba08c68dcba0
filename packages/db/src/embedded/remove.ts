import { randomBytes } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DataInUseError } from './in-use.js';
import { findCluster } from './locate.js';
import { homeOf } from './location.js';
import { markerOf } from './marker.js';
import { ownershipOf } from './ownership.js';
import { readPostmaster } from './postmaster-file.js';

/**
 * Deletes the cluster of `dataDir` permanently, at any location. For tests and benchmarks.
 *
 * @throws ForeignClusterError if it belongs to another data folder, DataInUseError if it is running
 */
export function removeCluster(dataDir: string): void {
  const location = findCluster(dataDir);
  if (location) {
    ownershipOf(location);
    const postmaster = readPostmaster(location);
    if (postmaster?.alive) throw new DataInUseError(location.dataDir, postmaster.pid);
    // Rename first: an interrupted removal leaves a draft, not a damaged database.
    const draft = path.join(
      location.base,
      `draft.${process.pid}.${randomBytes(4).toString('hex')}`,
    );
    renameSync(location.pgData, draft);
    rmSync(draft, { recursive: true, force: true });
    if (location.base !== location.home) rmSync(location.base, { recursive: true, force: true });
  }
  rmSync(homeOf(dataDir), { recursive: true, force: true });
  rmSync(markerOf(dataDir), { force: true });
}
