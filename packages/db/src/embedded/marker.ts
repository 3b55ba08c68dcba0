import path from 'node:path';
import { z } from 'zod';
import { isThere, readIfThere, replaceFile } from './files.js';
import type { ClusterLocation } from './location.js';

/**
 * `database.json` in the data folder: a database was made for this folder. It is written once the
 * cluster is whole, so that a lost cluster cannot be mistaken for a first start.
 */
const markerSchema = z.object({
  /** The cluster's folder if it is outside of the data folder. */
  cluster: z.string().optional(),
  /**
   * Equal to the token of the cluster's owner record: tells the owner from a copy that was made
   * earlier.
   */
  token: z.string().optional(),
});

export type Marker = z.infer<typeof markerSchema>;

export function markerOf(dataDir: string): string {
  return path.join(dataDir, 'database.json');
}

/**
 * Parses a small JSON file; `null` when it is missing or damaged. Throws when it cannot be read.
 */
export function readRecord<T>(file: string, schema: z.ZodType<T>): T | null {
  const text = readIfThere(file);
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

export function writeMarker({ dataDir, pgData, elsewhere }: ClusterLocation, token?: string): void {
  const marker: Marker = elsewhere ? { cluster: pgData, token } : {};
  replaceFile(markerOf(dataDir), `${JSON.stringify(marker)}\n`);
}

/**
 * Writes the marker of a data folder whose cluster was made by an earlier version, or by a start
 * that was interrupted.
 */
export function ensureMarker(location: ClusterLocation): void {
  if (!isThere(markerOf(location.dataDir))) writeMarker(location);
}
