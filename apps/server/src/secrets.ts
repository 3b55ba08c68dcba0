import path from 'node:path';
import { loadSecrets } from '@synap/security';
import type { Environment } from './env.js';

export interface Secrets {
  access: string;
  refresh: string;
}

/** Folder of the secrets that are made where the operator gives none. */
export const secretFolder = (dataDir: string) => path.join(dataDir, 'secrets');

/** The operator's secrets; where he gives none, which only a local environment lets pass, made once and kept in the data folder. */
export async function resolveSecrets({ dataDir, secrets: { access, refresh } }: Environment): Promise<Secrets> {
  if (access !== undefined && refresh !== undefined) return { access, refresh };
  const made = await loadSecrets(secretFolder(dataDir), ['access-token', 'refresh-token']);
  return { access: access ?? made.get('access-token') ?? '', refresh: refresh ?? made.get('refresh-token') ?? '' };
}
