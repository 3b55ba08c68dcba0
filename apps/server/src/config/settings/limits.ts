import { z } from 'zod';
import type { Stage } from './installation.js';
import {
  decimal,
  faultUnless,
  optional,
  type SettingFault,
  type SettingsOf,
  withDefault,
} from './schemas.js';
import { servicePasswordFaults } from './service-password.js';

/** Rate limits. */
export const limitsShape = {
  RATE_LIMIT_FACTOR: withDefault(decimal, '1'),
  REDIS_URL: optional(
    z.url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// URL' }),
  ),
};

type LimitsSettings = SettingsOf<typeof limitsShape>;

export function limitsFaults(settings: LimitsSettings & Stage): SettingFault[] {
  return [
    ...faultUnless(
      settings.SYNAP_ENV !== 'production' || settings.RATE_LIMIT_FACTOR === 1,
      'RATE_LIMIT_FACTOR',
      'is for load tests and not allowed in production',
    ),
    ...servicePasswordFaults(settings, 'REDIS_URL', settings.REDIS_URL),
  ];
}

export const readLimits = (settings: LimitsSettings) => ({
  rateLimitFactor: settings.RATE_LIMIT_FACTOR,
  redisUrl: settings.REDIS_URL,
});
