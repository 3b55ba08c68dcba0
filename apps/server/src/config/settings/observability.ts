import { isExampleSecret } from '@synap/security';
import { z } from 'zod';
import type { HttpSettings } from './http.js';
import type { Stage } from './installation.js';
import {
  faultUnless,
  oneOf,
  optional,
  port,
  type SettingFault,
  type SettingsOf,
  withDefault,
} from './schemas.js';

/** Log, metrics and error reports. */
export const observabilityShape = {
  LOG_LEVEL: withDefault(
    oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    'info',
  ),
  METRICS_TOKEN: optional(z.string().min(16, 'must have at least 16 characters')),
  METRICS_PORT: optional(port),
  SENTRY_DSN: optional(
    z
      .string()
      .trim()
      .refine(
        isDsn,
        'must be a DSN such as https://<public key>@sentry.example.org/<project number>',
      ),
  ),
};

type ObservabilitySettings = SettingsOf<typeof observabilityShape>;

export function observabilityFaults(
  settings: ObservabilitySettings & Stage & Pick<HttpSettings, 'PORT'>,
): SettingFault[] {
  const { SYNAP_ENV, PORT, METRICS_PORT, METRICS_TOKEN } = settings;
  return [
    ...faultUnless(
      SYNAP_ENV !== 'production' || METRICS_TOKEN === undefined || !isExampleSecret(METRICS_TOKEN),
      'METRICS_TOKEN',
      'is a well-known example, not a secret: create one with "openssl rand -base64 32"',
    ),
    ...faultUnless(
      METRICS_PORT === undefined || METRICS_PORT === 0 || METRICS_PORT !== PORT,
      'METRICS_PORT',
      'must differ from PORT: metrics have a separate listener',
    ),
  ];
}

export const readObservability = (settings: ObservabilitySettings) => ({
  logLevel: settings.LOG_LEVEL,
  metricsToken: settings.METRICS_TOKEN,
  metricsPort: settings.METRICS_PORT,
  sentryDsn: settings.SENTRY_DSN,
});

/**
 * `https://<public key>@<host>/<project>`,
 * https://develop.sentry.dev/sdk/foundations/transport/authentication/
 */
function isDsn(text: string): boolean {
  try {
    const { protocol, username, password, pathname, search, hash } = new URL(text);
    const bare = password === '' && search === '' && hash === '';
    return /^https?:$/.test(protocol) && /^\w+$/.test(username) && /\/\d+$/.test(pathname) && bare;
  } catch {
    return false;
  }
}
