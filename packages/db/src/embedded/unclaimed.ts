import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isCode, isThere, systemFolder } from './files.js';
import { findCluster } from './location.js';
import { readOwner } from './ownership.js';

/** A cluster below /var/lib/synap whose recorded data folder does not lead to it. */
export interface UnclaimedCluster {
  folder: string;
  bytes: number;
  /** The data folder that it belonged to last, if that is recorded. */
  dataDir: string | null;
}

function sizeOf(folder: string): number {
  const sizes = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const target = path.join(folder, entry.name);
    return entry.isDirectory() ? sizeOf(target) : lstatSync(target).size;
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The folders below /var/lib/synap; none if there are none, or if this account may not look. */
function systemClusters(): string[] {
  try {
    return readdirSync(systemFolder).map((name) => path.join(systemFolder, name));
  } catch (error) {
    if (isCode(error, 'ENOENT', 'EACCES')) return [];
    throw error;
  }
}

function readUnclaimed(base: string): UnclaimedCluster | null {
  const pgData = path.join(base, 'data');
  try {
    if (!isThere(path.join(pgData, 'PG_VERSION'))) return null;
    const dataDir = readOwner({ base, pgData })?.dataDir ?? null;
    if (dataDir !== null && findCluster(dataDir)?.pgData === pgData) return null;
    return { folder: base, bytes: sizeOf(pgData), dataDir };
  } catch {
    return null; // Not readable, or it changes at this moment: then it is in use.
  }
}

/** Lists clusters that no data folder leads to as far as it is recorded. Changes nothing. */
export function listUnclaimedClusters(): UnclaimedCluster[] {
  return systemClusters()
    .map(readUnclaimed)
    .filter((cluster) => cluster !== null);
}
