import { writeBackup } from '@synap/db';
import type { Logger } from 'pino';
import type { Environment } from '../config/env.js';
import { migrationsFolder } from '../config/paths.js';
import type { Secrets } from '../config/secrets.js';
import { version } from '../config/version.js';
import { backUpToFolder } from './backup-folder.js';
import { sealSecrets } from './sealing.js';

export interface ScheduledBackupDeps {
  environment: Pick<Environment, 'backup'>;
  url: string;
  secrets: Secrets;
  log: Logger;
  now?: () => Date;
}

/**
 * Creates the backup job; undefined without BACKUP_DIR. Each run writes a backup and removes those
 * beyond BACKUP_KEEP.
 */
export function scheduledBackup({
  environment: { backup },
  url,
  secrets,
  log,
  now = () => new Date(),
}: ScheduledBackupDeps) {
  const { dir, schedule, keep, passphrase } = backup;
  if (dir === undefined) return undefined;
  return {
    schedule,
    async run(signal: AbortSignal): Promise<void> {
      const time = now();
      const sealing = passphrase === undefined ? undefined : await sealSecrets(passphrase, secrets);
      const file = await backUpToFolder({
        folder: dir,
        keep,
        now: time,
        write: (output) =>
          writeBackup({
            url,
            migrationsFolder,
            output,
            product: version,
            now: time,
            sealing,
            signal,
          }),
      });
      log.info({ file }, 'backup written');
    },
  };
}
