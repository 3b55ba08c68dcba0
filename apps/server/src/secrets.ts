import path from 'node:path';
import { loadSecrets, readSecret } from '@synap/security';
import type { Environment } from './env.js';

export interface Secrets {
  access: string;
  refresh: string;
  encryption: string;
}

/** Folder of the secrets that are made where the operator gives none. */
export const secretFolder = (dataDir: string) => path.join(dataDir, 'secrets');

const privateTokenFile = 'private-api-token';

/** File of each secret in the folder. */
export const secretFiles = {
  access: 'access-token',
  refresh: 'refresh-token',
  encryption: 'encryption',
} as const;

/**
 * The operator's secrets; where he gives none, which only a local environment lets pass, made once
 * and kept in the data folder.
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

/** The secrets in use. Makes none: throws when one is neither given nor in the data folder. */
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

/** The token of the private API, made once in the data folder; undefined where that API is off. */
export async function resolvePrivateToken({
  dataDir,
  privateApi,
}: Environment): Promise<string | undefined> {
  return privateApi
    ? (await loadSecrets(dataDir, [privateTokenFile])).get(privateTokenFile)
    : undefined;
}
