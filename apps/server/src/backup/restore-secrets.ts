import { BackupError } from '@synap/db';
import { keepSecret, readSecret } from '@synap/security';
import type { Environment } from '../config/env.js';
import { type Secrets, secretFiles, secretFolder } from '../config/secrets.js';

const variables = {
  access: 'ACCESS_TOKEN_SECRET',
  refresh: 'REFRESH_TOKEN_SECRET',
  encryption: 'ENCRYPTION_SECRET',
} as const;
const names = ['access', 'refresh', 'encryption'] as const;

/** Plan for the secrets of an archive. */
export interface SecretsPlan {
  /** Secrets to write, because the data folder lacks them. */
  write: (keyof Secrets)[];
  /** Variables that override the archive with other values. */
  overridden: string[];
}

/**
 * Plans which secrets to write.
 *
 * @throws BackupError if the data folder holds other secrets, which are never replaced.
 */
export async function planSecrets(
  { dataDir, secrets: given }: Environment,
  found: Secrets,
): Promise<SecretsPlan> {
  const folder = secretFolder(dataDir);
  const plan: SecretsPlan = { write: [], overridden: [] };
  for (const name of names) {
    if (given[name] !== undefined && given[name] !== found[name])
      plan.overridden.push(variables[name]);
    const present = await readSecret(folder, secretFiles[name]);
    if (present === null) plan.write.push(name);
    else if (present !== found[name] && given[name] === undefined)
      throw new BackupError(
        `${folder} holds other secrets than the archive. Move that folder away to use those of the archive, or restore without a passphrase to keep these.`,
      );
  }
  return plan;
}

export async function writeSecrets(
  { dataDir }: Environment,
  found: Secrets,
  { write }: SecretsPlan,
): Promise<void> {
  for (const name of write) await keepSecret(secretFolder(dataDir), secretFiles[name], found[name]);
}
