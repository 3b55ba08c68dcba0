import path from 'node:path';
import { judgeSecrets, loadSecrets } from '@synap/security';
import { type Environment, EnvironmentError } from './env.js';

export interface Secrets {
  access: string;
  refresh: string;
}

/** Folder of the secrets that are made where the operator gives none. */
export const secretFolder = (dataDir: string) => path.join(dataDir, 'secrets');

/**
 * The operator's secrets; in a local environment missing ones are made once and kept in the data folder. Throws
 * `EnvironmentError` for secrets that are weak, known, used twice, or missing elsewhere.
 */
export async function resolveSecrets({ environment, dataDir, secrets }: Environment): Promise<Secrets> {
  const given = { ACCESS_TOKEN_SECRET: secrets.access, REFRESH_TOKEN_SECRET: secrets.refresh };
  const missing = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [name] : []));
  const faults =
    environment === 'local' ? [] : missing.map((name) => `${name}: is required: make one with "openssl rand -base64 32"`);
  const present = Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  faults.push(...judgeSecrets(present).map((fault) => `${fault.name}: ${fault.message}`));
  if (faults.length > 0) throw new EnvironmentError(faults);
  const made =
    missing.length > 0 ? await loadSecrets(secretFolder(dataDir), ['access-token', 'refresh-token']) : new Map<string, string>();
  return {
    access: secrets.access ?? made.get('access-token') ?? '',
    refresh: secrets.refresh ?? made.get('refresh-token') ?? '',
  };
}
