import path from 'node:path';
import { z } from 'zod';
import { oneOf, type SettingsOf, withDefault } from './schemas.js';

/** Kind and place of an installation. */
export const installationShape = {
  SYNAP_ENV: withDefault(oneOf(['local', 'staging', 'production']), 'local'),
  SYNAP_ROLE: withDefault(oneOf(['all', 'server', 'worker']), 'all'),
  SYNAP_DATA_DIR: withDefault(z.string(), '.data'),
};

type InstallationSettings = SettingsOf<typeof installationShape>;

/** Kind of installation; most rules are stricter outside local. */
export type Stage = Pick<InstallationSettings, 'SYNAP_ENV'>;

export const readInstallation = (settings: InstallationSettings) => ({
  environment: settings.SYNAP_ENV,
  role: settings.SYNAP_ROLE,
  dataDir: path.resolve(settings.SYNAP_DATA_DIR),
});
