import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** This package, whether it runs from source or built. */
export const packageFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The migrations: of the checkout, or beside the built server in an image. */
export const migrationsFolder =
  [path.join(packageFolder, '../../prisma/migrations'), path.join(packageFolder, 'prisma/migrations')].find((folder) =>
    existsSync(folder),
  ) ?? path.join(packageFolder, 'prisma/migrations');
