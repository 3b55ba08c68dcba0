import { connectionOf, DatabaseAddressError, schemaOf } from '@synap/db';
import { z } from 'zod';
import type { Stage } from './installation.js';
import {
  faultUnless,
  oneOf,
  onOff,
  optional,
  type SettingFault,
  type SettingsOf,
  wholeNumber,
  withDefault,
} from './schemas.js';
import { servicePasswordFaults } from './service-password.js';

const postgresUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: 'must be a postgresql:// URL',
});

export const databaseShape = {
  DATABASE_URL: optional(postgresUrl),
  DATABASE_DIRECT_URL: optional(postgresUrl),
  DATABASE_POOLER: withDefault(oneOf(['none', 'session', 'transaction']), 'none'),
  DATABASE_POOL_SIZE: withDefault(wholeNumber(1, 200), '10'),
  SYNAP_MIGRATE: withDefault(onOff, 'on'),
};

type DatabaseSettings = SettingsOf<typeof databaseShape>;

export function databaseFaults(settings: DatabaseSettings & Stage): SettingFault[] {
  const { DATABASE_URL: url, DATABASE_DIRECT_URL: direct } = settings;
  const malformed = [
    ...addressFaults('DATABASE_URL', url),
    ...addressFaults('DATABASE_DIRECT_URL', direct),
  ];
  return [
    ...servicePasswordFaults(settings, 'DATABASE_URL', url),
    ...servicePasswordFaults(settings, 'DATABASE_DIRECT_URL', direct),
    ...(malformed.length > 0 ? malformed : poolerFaults(settings)),
  ];
}

function addressFaults(name: string, url: string | undefined): SettingFault[] {
  try {
    if (url !== undefined) connectionOf(url);
    return [];
  } catch (error) {
    if (!(error instanceof DatabaseAddressError)) throw error;
    return [{ name, message: error.message }];
  }
}

/** Rejects combinations that would fail at the first call. */
function poolerFaults(settings: DatabaseSettings): SettingFault[] {
  const { DATABASE_URL: url, DATABASE_DIRECT_URL: direct, DATABASE_POOLER: pooler } = settings;
  if (url === undefined) {
    const needsUrl = 'needs DATABASE_URL: the embedded PostgreSQL has no pooler';
    return [
      ...faultUnless(direct === undefined, 'DATABASE_DIRECT_URL', needsUrl),
      ...faultUnless(pooler === 'none', 'DATABASE_POOLER', needsUrl),
    ];
  }
  return [
    ...faultUnless(
      pooler !== 'transaction' || direct !== undefined,
      'DATABASE_DIRECT_URL',
      'is required with DATABASE_POOLER=transaction: migrations, notifications and the job queue need exclusive sessions; set it to the address of PostgreSQL itself, or of a pooler in session mode',
    ),
    ...faultUnless(
      pooler === 'transaction' || new URL(url).searchParams.get('pgbouncer') !== 'true',
      'DATABASE_POOLER',
      'must be "transaction", because DATABASE_URL contains pgbouncer=true',
    ),
    ...faultUnless(
      direct === undefined || schemaOf(direct) === schemaOf(url),
      'DATABASE_DIRECT_URL',
      'must name the same ?schema= as DATABASE_URL',
    ),
  ];
}

export const readDatabase = (settings: DatabaseSettings) => ({
  migrate: settings.SYNAP_MIGRATE,
  database: {
    url: settings.DATABASE_URL,
    /** Address with exclusive sessions: PostgreSQL itself, or a pooler in session mode. */
    directUrl: settings.DATABASE_DIRECT_URL ?? settings.DATABASE_URL,
    pooler: settings.DATABASE_POOLER,
    poolSize: settings.DATABASE_POOL_SIZE,
  },
});
