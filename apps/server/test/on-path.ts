import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * Finds a program, by default in the folders of `PATH`; undefined if this machine does not have it.
 */
export function onPath(program: string, folders = process.env.PATH ?? ''): string | undefined {
  const places = folders.split(path.delimiter).map((folder) => path.join(folder, program));
  return places.find((place) => existsSync(place));
}
