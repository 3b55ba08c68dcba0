import path from 'node:path';
import { loadSecrets, readSecret } from '@synap/security';
import type { Environment } from './env.js';

export interface Secrets {
  access: string;
  refresh: string;
  encryption: string;
}

/** Folder of generated secrets, for those that the operator does not set. */
export const secretFolder = (dataDir: string) => path.join(dataDir, 'secrets');

const privateTokenFile = 'private-api-token';

/** File name of each secret in the folder. */
export const secretFiles = {
  access: 'access-token',
  refresh: 'refresh-token',
  encryption: 'encryption',
} as const;

/**
 * Returns the operator's secrets. In a local environment, missing ones are generated once and
 * stored in the data folder.
 */
export async function resolveSecrets({ dataDir, secrets: given }: Environment): Promise<Secrets> {
  const { access, refresh, encryption } = given;
  if (access !== undefined && refresh !== undefined && encryption !== undefined)
    return { access, refresh, encryption };
  const made = await loadSecrets(secretFolder(dataDir), Object.values(secretFiles));
  const secretOf = (name: keyof Secrets) => given[name] ?? made.get(secretFiles[name]) ?? '';
  return {
    access: secretOf('access'),
    refresh: secretOf('refresh'),
    encryption: secretOf('encryption'),
  };
}

/**
 * Returns the secrets in use without generating any.
 *
 * @throws if a secret is neither set nor in the data folder.
 */
export async function currentSecrets({ dataDir, secrets: given }: Environment): Promise<Secrets> {
  const folder = secretFolder(dataDir);
  const secretOf = async (name: keyof Secrets) => {
    const secret = given[name] ?? (await readSecret(folder, secretFiles[name]));
    if (secret === null)
      throw new Error(
        `There are no secrets in ${folder}: run this with the settings of the server.`,
      );
    return secret;
  };
  return {
    access: await secretOf('access'),
    refresh: await secretOf('refresh'),
    encryption: await secretOf('encryption'),
  };
}

/**
 * Returns the token of the private API, generated once in the data folder; undefined if that API is
 * off.
 */
export async function resolvePrivateToken({
  dataDir,
  privateApi,
}: Environment): Promise<string | undefined> {
  return privateApi
    ? (await loadSecrets(dataDir, [privateTokenFile])).get(privateTokenFile)
    : undefined;
}
