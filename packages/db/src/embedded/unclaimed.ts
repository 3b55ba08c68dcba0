import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isCode, pathExists, systemFolder } from './files.js';
import { findCluster } from './locate.js';
import { readOwner } from './ownership.js';

/** A cluster below /var/lib/synap that its recorded data folder no longer leads to. */
export interface UnclaimedCluster {
  folder: string;
  bytes: number;
  /** The data folder that it last belonged to, if recorded. */
  dataDir: string | null;
}

function sizeOf(folder: string): number {
  const sizes = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const target = path.join(folder, entry.name);
    return entry.isDirectory() ? sizeOf(target) : lstatSync(target).size;
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Lists the folders below /var/lib/synap; empty if it does not exist or is not readable. */
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
    if (!pathExists(path.join(pgData, 'PG_VERSION'))) return null;
    const dataDir = readOwner({ base, pgData })?.dataDir ?? null;
    if (dataDir !== null && findCluster(dataDir)?.pgData === pgData) return null;
    return { folder: base, bytes: sizeOf(pgData), dataDir };
  } catch {
    return null; // Unreadable, or changing at this moment and therefore in use.
  }
}

/** Lists clusters that no recorded data folder leads to. Changes nothing. */
export function listUnclaimedClusters(): UnclaimedCluster[] {
  return systemClusters()
    .map(readUnclaimed)
    .filter((cluster) => cluster !== null);
}
