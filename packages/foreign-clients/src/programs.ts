import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const packageFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
/** Programs and settings, a folder for each generator. */
export const programsFolder = path.join(packageFolder, 'programs');
/** Ignored by git. */
export const cacheFolder = path.join(packageFolder, 'node_modules/.cache/foreign-clients');
