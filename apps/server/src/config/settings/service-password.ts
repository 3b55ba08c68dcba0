import { hasKnownPassword } from '@synap/security';
import type { Stage } from './installation.js';
import { faultUnless, type SettingFault } from './schemas.js';

/** Rejects a well-known password in the URL of a service in production. */
export const servicePasswordFaults = (
  { SYNAP_ENV }: Stage,
  name: string,
  url: string | undefined,
): SettingFault[] =>
  faultUnless(
    SYNAP_ENV !== 'production' || url === undefined || !hasKnownPassword(url),
    name,
    'contains a well-known password, which is not allowed in production: set another password for that user of the service ("openssl rand -hex 32") and write it here',
  );
