import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of this package, from source or built. */
export const packageFolder = path.resolve(fileURLToPath(import.meta.url), '../../..');

const ofCheckout = path.join(packageFolder, '../../prisma');
const ofImage = path.join(packageFolder, 'prisma');

/** Migrations and seed: of the repository, or next to the built server in an image. */
const prismaFolder = existsSync(ofCheckout) ? ofCheckout : ofImage;
export const migrationsFolder = path.join(prismaFolder, 'migrations');
export const seedFile = path.join(prismaFolder, 'seed.yaml');
