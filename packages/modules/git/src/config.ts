import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export const configSchema = z.object({
  repositories: z
    .array(z.string().refine(isAbsolute, 'each repository must be an absolute path, such as /srv/app'))
    .max(100)
    .optional()
    .describe("Folders of local git repositories; without them the product's own checkout, where it runs from one."),
});
export type Config = z.output<typeof configSchema>;

const packageSchema = z.object({ name: z.string() });

/** The folder of the product's own checkout, seen from this file; undefined where it was installed without its repository. */
export function ownCheckout(from = dirname(fileURLToPath(import.meta.url))): string | undefined {
  for (let folder = from; dirname(folder) !== folder; folder = dirname(folder)) {
    if (!existsSync(join(folder, '.git'))) continue;
    // The first repository upwards may be anybody's that merely holds an installation.
    return nameOf(folder) === 'synap' ? folder : undefined;
  }
  return undefined;
}

function nameOf(folder: string): string | undefined {
  try {
    return packageSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).name;
  } catch {
    return undefined;
  }
}
