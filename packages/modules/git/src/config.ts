import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export const configSchema = z.object({
  repositories: z
    .array(z.string())
    .max(100)
    .optional()
    .describe(
      "Absolute paths of local git repositories, separated by commas or as a JSON array. Default: the product's own checkout if it runs from one.",
    ),
});
export type Config = z.output<typeof configSchema>;

const packageSchema = z.object({ name: z.string() });

/**
 * Returns the folder of the product's own checkout, found from this file. Undefined if the product
 * is installed without its repository.
 */
export function ownCheckout(from = dirname(fileURLToPath(import.meta.url))): string | undefined {
  for (let folder = from; dirname(folder) !== folder; folder = dirname(folder)) {
    if (!existsSync(join(folder, '.git'))) continue;
    // The first repository upwards may be an unrelated one that contains an installation.
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
