import { existsSync } from 'node:fs';
import path from 'node:path';

/** Where a program is, if this machine has it; by default in the folders of `PATH`. */
export function onPath(program: string, folders = process.env.PATH ?? ''): string | undefined {
  const places = folders.split(path.delimiter).map((folder) => path.join(folder, program));
  return places.find((place) => existsSync(place));
}
