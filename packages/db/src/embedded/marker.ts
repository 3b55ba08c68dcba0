import path from 'node:path';
import { z } from 'zod';
import { pathExists, readIfExists, replaceFile } from './files.js';
import type { ClusterLocation } from './location.js';

/**
 * `database.json` in the data folder records that a database was created for it. Written once the
 * cluster is complete, so that a lost cluster is not mistaken for a first start.
 */
const markerSchema = z.object({
  /** Folder of the cluster, if it is outside the data folder. */
  cluster: z.string().optional(),
  /** Equals the token of the cluster's owner record. Distinguishes the owner from an older copy. */
  token: z.string().optional(),
});

export type Marker = z.infer<typeof markerSchema>;

export function markerOf(dataDir: string): string {
  return path.join(dataDir, 'database.json');
}

/** Parses a small JSON file; `null` if it is missing or damaged. Throws if it cannot be read. */
export function readRecord<T>(file: string, schema: z.ZodType<T>): T | null {
  const text = readIfExists(file);
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export function readMarker(dataDir: string): Marker | null {
  return readRecord(markerOf(dataDir), markerSchema);
}

export function writeMarker(
  { dataDir, pgData, isExternal }: ClusterLocation,
  token?: string,
): void {
  const marker: Marker = isExternal ? { cluster: pgData, token } : {};
  replaceFile(markerOf(dataDir), `${JSON.stringify(marker)}\n`);
}

/** Writes a missing marker, for clusters of an earlier version or of an interrupted start. */
export function ensureMarker(location: ClusterLocation): void {
  if (!pathExists(markerOf(location.dataDir))) writeMarker(location);
}
