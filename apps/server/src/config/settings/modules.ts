import path from 'node:path';
import { z } from 'zod';
import { optional, type SettingsOf } from './schemas.js';

/** Settings of the runtime; each module declares those of its own. */
export const modulesShape = {
  SYNAP_MODULES_DIR: optional(z.string()),
};

export const readModules = ({ SYNAP_MODULES_DIR: folder }: SettingsOf<typeof modulesShape>) => ({
  modulesDir: folder && path.resolve(folder),
});
