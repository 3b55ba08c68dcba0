import path from 'node:path';
import { minPassphraseLength } from '@synap/security';
import { z } from 'zod';
import { isSchedule } from '../../backup/schedule.js';
import { optional, type SettingsOf, wholeNumber, withDefault } from './schemas.js';

export const backupShape = {
  BACKUP_DIR: optional(z.string()),
  BACKUP_SCHEDULE: withDefault(
    z
      .string()
      .refine(isSchedule, 'must be a cron expression of five fields such as "0 3 * * *", in UTC'),
    '0 3 * * *',
  ),
  BACKUP_KEEP: withDefault(wholeNumber(1, 10_000), '14'),
  BACKUP_PASSPHRASE: optional(
    z.string().min(minPassphraseLength, `must have at least ${minPassphraseLength} characters`),
  ),
};

export const readBackup = (settings: SettingsOf<typeof backupShape>) => ({
  backup: {
    dir: settings.BACKUP_DIR && path.resolve(settings.BACKUP_DIR),
    schedule: settings.BACKUP_SCHEDULE,
    keep: settings.BACKUP_KEEP,
    passphrase: settings.BACKUP_PASSPHRASE,
  },
});
