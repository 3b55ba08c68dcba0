import { z } from 'zod';
import type { Stage } from './installation.js';
import { oneOf, optional, type SettingFault, type SettingsOf, withDefault } from './schemas.js';
import { servicePasswordFaults } from './service-password.js';

export const mailShape = {
  SMTP_URL: optional(z.url({ protocol: /^smtps?$/, error: 'must be an smtp:// or smtps:// URL' })),
  SMTP_TLS: withDefault(oneOf(['required', 'optional']), 'required'),
  MAIL_FROM: withDefault(
    z.string().regex(/^[^\r\n@]*[^\s@]@[^\s@][^\r\n]*$/, 'must hold an e-mail address'),
    'Synap <synap@localhost>',
  ),
};

export type MailSettings = SettingsOf<typeof mailShape>;

export const mailFaults = (settings: MailSettings & Stage): SettingFault[] =>
  servicePasswordFaults(settings, 'SMTP_URL', settings.SMTP_URL);

export const readMail = (settings: MailSettings) => ({
  smtpUrl: settings.SMTP_URL,
  smtpTls: settings.SMTP_TLS,
  mailFrom: settings.MAIL_FROM,
});
