import { emailSchema, hasLocalDomain } from '@synap/contracts';
import { checkPassword, validateSecrets } from '@synap/security';
import { z } from 'zod';
import type { Stage } from './installation.js';
import type { MailSettings } from './mail.js';
import {
  faultUnless,
  oneOf,
  onOff,
  optional,
  type SettingFault,
  type SettingsOf,
  withDefault,
} from './schemas.js';

/** Accounts, how people get one, and the secrets that protect them. */
export const identityShape = {
  SYNAP_ADMIN_EMAIL: withDefault(
    z.string().refine((text) => emailSchema.safeParse(text).success, 'must be an e-mail address'),
    'admin@example.com',
  ),
  SYNAP_ADMIN_PASSWORD: optional(z.string()),
  ACCESS_TOKEN_SECRET: optional(z.string()),
  REFRESH_TOKEN_SECRET: optional(z.string()),
  ENCRYPTION_SECRET: optional(z.string()),
  SIGNUP: withDefault(oneOf(['open', 'invite', 'closed']), 'closed'),
  VERIFY_EMAIL: optional(oneOf(['required', 'off'])),
  PASSWORD_GRANT: withDefault(onOff, 'off'),
};

type IdentitySettings = SettingsOf<typeof identityShape>;

const secretNames = ['ACCESS_TOKEN_SECRET', 'REFRESH_TOKEN_SECRET', 'ENCRYPTION_SECRET'] as const;

export function identityFaults(settings: IdentitySettings & Stage): SettingFault[] {
  const isLocal = settings.SYNAP_ENV === 'local';
  const missing = secretNames.flatMap((name) =>
    faultUnless(
      isLocal || settings[name] !== undefined,
      name,
      'is required outside local: create one with "openssl rand -base64 32"',
    ),
  );
  const given = secretNames.flatMap((name): [string, string][] =>
    settings[name] === undefined ? [] : [[name, settings[name]]],
  );
  return [
    ...missing,
    ...faultUnless(
      isLocal || !hasLocalDomain(settings.SYNAP_ADMIN_EMAIL),
      'SYNAP_ADMIN_EMAIL',
      'must have a domain with a dot outside local',
    ),
    ...adminPasswordFaults(settings),
    ...validateSecrets(Object.fromEntries(given)),
  ];
}

/** Applies the password policy now; otherwise creating the superuser would fail later. */
function adminPasswordFaults(settings: IdentitySettings): SettingFault[] {
  const { SYNAP_ADMIN_EMAIL: email, SYNAP_ADMIN_PASSWORD: password } = settings;
  if (password === undefined) return [];
  return checkPassword(password, { productName: 'Synap', email }).map(({ message }) => ({
    name: 'SYNAP_ADMIN_PASSWORD',
    message,
  }));
}

export const readIdentity = (settings: IdentitySettings & Pick<MailSettings, 'SMTP_URL'>) => ({
  admin: {
    email: settings.SYNAP_ADMIN_EMAIL.toLowerCase(),
    password: settings.SYNAP_ADMIN_PASSWORD,
  },
  secrets: {
    access: settings.ACCESS_TOKEN_SECRET,
    refresh: settings.REFRESH_TOKEN_SECRET,
    encryption: settings.ENCRYPTION_SECRET,
  },
  signup: settings.SIGNUP,
  /** Off without SMTP, because no one could verify an address. */
  verifyEmail:
    settings.VERIFY_EMAIL === undefined
      ? settings.SMTP_URL !== undefined
      : settings.VERIFY_EMAIL === 'required',
  passwordGrant: settings.PASSWORD_GRANT,
});
