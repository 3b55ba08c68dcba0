import { existsSync } from 'node:fs';
import path from 'node:path';

/** Where a program is, if this machine has it. */
export function onPath(program: string): string | undefined {
  const places = (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, program));
  return places.find((place) => existsSync(place));
}
