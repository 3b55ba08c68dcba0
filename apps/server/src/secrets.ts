import path from 'node:path';
import { loadSecrets } from '@synap/security';
import type { Environment } from './env.js';

export interface Secrets {
  access: string;
  refresh: string;
  encryption: string;
}

/** Folder of the secrets that are made where the operator gives none. */
export const secretFolder = (dataDir: string) => path.join(dataDir, 'secrets');

const files = { access: 'access-token', refresh: 'refresh-token', encryption: 'encryption' } as const;

/** The operator's secrets; where he gives none, which only a local environment lets pass, made once and kept in the data folder. */
export async function resolveSecrets({ dataDir, secrets: given }: Environment): Promise<Secrets> {
  const { access, refresh, encryption } = given;
  if (access !== undefined && refresh !== undefined && encryption !== undefined) return { access, refresh, encryption };
  const made = await loadSecrets(secretFolder(dataDir), Object.values(files));
  const secretOf = (name: keyof Secrets) => given[name] ?? made.get(files[name]) ?? '';
  return { access: secretOf('access'), refresh: secretOf('refresh'), encryption: secretOf('encryption') };
}
